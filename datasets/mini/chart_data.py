"""What the charts show and what is asked about them. Every name and number is made up; every answer is computed."""

from dataclasses import dataclass
from typing import Callable

from chart_painter import Chart


@dataclass
class Question:
    split: str  # "human" or "augmented"
    text: str
    answer: Callable  # from the chart: a number, a text, or a truth value for Yes and No


def human(text, answer):
    """Asks for a comparison, a sum, a count or a colour."""
    return Question("human", text, answer)


def augmented(text, answer):
    """Asks for one value that stands in the chart."""
    return Question("augmented", text, answer)


def values(chart, series=None):
    """The values of a series; of the only one when none is named."""
    return chart.series[series] if series else next(iter(chart.series.values()))


def at(chart, label, series=None):
    return values(chart, series)[chart.labels.index(label)]


def highest(chart, series=None):
    return max(zip(values(chart, series), chart.labels))[1]


def lowest(chart, series=None):
    return min(zip(values(chart, series), chart.labels))[1]


def colour_of(chart, series):
    return chart.colours[list(chart.series).index(series)]


def percent(value):
    return f"{value:g}%"


YEARS = ["2014", "2015", "2016", "2017", "2018", "2019"]

CHARTS = [
    (Chart("bakery_week", "columns", (560, 380), "Loaves sold at the corner bakery",
           ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], {"Loaves": [84, 71, 93, 88, 126, 152]}, ["Brown"], "Loaves"),
     [human("How many more loaves were sold on Saturday than on Tuesday?", lambda c: at(c, "Sat") - at(c, "Tue")),
      augmented("How many loaves were sold on Friday?", lambda c: at(c, "Fri"))]),
    (Chart("ferry_passengers", "lines", (720, 400), "Passengers on the Port Alder ferry",
           YEARS, {"Summer": [310, 335, 362, 348, 391, 420], "Winter": [120, 131, 118, 142, 155, 163]},
           ["Orange", "Blue"], "Thousand passengers"),
     [human("What colour is the line for winter?", lambda c: colour_of(c, "Winter")),
      augmented("How many thousand passengers took the ferry in summer 2016?", lambda c: at(c, "2016", "Summer"))]),
    (Chart("club_sports", "pie", (520, 440), "Favourite sport of club members",
           ["Rowing", "Tennis", "Judo", "Running", "Chess"], {"Share": [34, 26, 17, 15, 8]},
           ["Blue", "Green", "Red", "Orange", "Purple"], suffix="%"),
     [human("What is the sum of the two smallest shares?", lambda c: percent(sum(sorted(values(c))[:2]))),
      augmented("What share of the members like tennis best?", lambda c: percent(at(c, "Tennis")))]),
    (Chart("valley_rain", "rows", (480, 640), "Rainfall in the five valleys",
           ["Upper Venn", "Lower Venn", "Torrow", "Silt Moor", "Hazel Dale"],
           {"2021": [812, 640, 905, 571, 733], "2022": [768, 655, 842, 610, 701]}, ["Teal", "Grey"], "mm a year"),
     [human("Which valley had the most rain in 2021?", lambda c: highest(c, "2021")),
      human("In how many valleys did the rainfall grow from 2021 to 2022?",
            lambda c: sum(b > a for a, b in zip(values(c, "2021"), values(c, "2022"))))]),
    (Chart("tram_lines", "columns", (860, 360), "Average speed of the tram lines",
           ["Line 1", "Line 2", "Line 3", "Line 4", "Line 5", "Line 6", "Line 7", "Line 8"],
           {"Speed": [18.4, 21.7, 16.9, 24.2, 19.5, 22.8, 17.3, 20.6]}, ["Red"], "km/h"),
     [human("Is line 4 slower than line 6?", lambda c: at(c, "Line 4") < at(c, "Line 6")),
      augmented("What was the average speed of line 2?", lambda c: at(c, "Line 2"))]),
    (Chart("energy_mix", "stacked", (640, 480), "Electricity of the Orle islands by source",
           ["2005", "2010", "2015", "2020"],
           {"Wind": [12, 25, 41, 58], "Water": [30, 32, 31, 33], "Diesel": [58, 46, 34, 19]},
           ["Green", "Blue", "Grey"], "Gigawatt hours"),
     [human("What was the total of all sources in 2015?", lambda c: sum(at(c, "2015", s) for s in c.series)),
      augmented("How many gigawatt hours came from wind in 2020?", lambda c: at(c, "2020", "Wind"))]),
    (Chart("school_lunch", "pie", (640, 380), "What pupils eat for lunch",
           ["School kitchen", "Packed lunch", "At home", "Nothing"], {"Share": [45, 30, 19, 6]},
           ["Teal", "Yellow", "Brown", "Grey"], suffix="%", theme="paper"),
     [human("What colour is the slice of packed lunch?", lambda c: c.colours[c.labels.index("Packed lunch")])]),
    (Chart("apprentices", "lines", (420, 560), "New apprentices\nin the harbour trades",
           YEARS, {"Apprentices": [140, 152, 149, 171, 168, 190]}, ["Purple"], "Persons", theme="paper"),
     [human("In which year did the number of apprentices first pass 150?",
            lambda c: next(y for y, v in zip(c.labels, values(c)) if v > 150))]),
    (Chart("trust_survey", "rows", (760, 360), "Who trusts the weather forecast?",
           ["Farmers", "Sailors", "Teachers", "Students"], {"Trust it": [61, 74, 68, 52]},
           ["Blue"], suffix="%", note="Made-up survey of 1200 people"),
     [human("What is the difference between the highest and the lowest share?",
            lambda c: percent(max(values(c)) - min(values(c))))]),
    (Chart("coffee_tea", "columns", (620, 420), "Cups served in the station hall",
           ["Spring", "Summer", "Autumn", "Winter"],
           {"Coffee": [520, 430, 560, 610], "Tea": [310, 240, 350, 470]}, ["Brown", "Green"], "Cups a day"),
     [human("In which season is the gap between coffee and tea the smallest?",
            lambda c: min(c.labels, key=lambda s: at(c, s, "Coffee") - at(c, s, "Tea"))),
      augmented("How many cups of tea were served a day in winter?", lambda c: at(c, "Winter", "Tea"))]),
    (Chart("river_level", "lines", (900, 340), "Level of the river Senna at the old bridge",
           ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"],
           {"Level": [2.1, 2.4, 3.2, 3.0, 2.6, 1.9, 1.4, 1.2, 1.5, 1.8]}, ["Teal"], "Metres", theme="dark"),
     [human("In how many months was the level below 2 metres?", lambda c: sum(v < 2 for v in values(c)))]),
    (Chart("village_ages", "stacked", (440, 620), "Inhabitants of three villages",
           ["Arven", "Bolm", "Cress"],
           {"Under 30": [210, 140, 95], "30 to 60": [260, 205, 150], "Over 60": [130, 175, 120]},
           ["Orange", "Purple", "Brown"], "Inhabitants"),
     [human("Which village has the most inhabitants over 60?", lambda c: highest(c, "Over 60"))]),
    (Chart("library_loans", "rows", (560, 460), "Library loans by kind",
           ["Novels", "Comics", "Science", "Music", "Films", "Games"], {"Loans": [940, 615, 380, 275, 430, 350]},
           ["Blue", "Orange", "Green", "Red", "Purple", "Brown"]),
     [human("What kind of loan does the red bar stand for?", lambda c: c.labels[c.colours.index("Red")])]),
    (Chart("two_shops", "lines", (640, 540), "Monthly visitors of two bookshops",
           ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
           {"Lantern": [400, 425, 460, 570, 605, 640], "Quill": [580, 560, 545, 500, 480, 455]},
           ["Red", "Blue"], "Visitors", show_values=False),
     [human("In which month did Lantern first have more visitors than Quill?",
            lambda c: next(m for m in c.labels if at(c, m, "Lantern") > at(c, m, "Quill")))]),
    (Chart("recycling", "columns", (480, 360), "Share of waste that is recycled",
           ["Aldgate", "Brook", "Cole", "Dunmere"], {"Share": [42, 57, 35, 63]}, ["Green"], suffix="%"),
     [human("What is the average of Aldgate and Dunmere?",
            lambda c: percent((at(c, "Aldgate") + at(c, "Dunmere")) / 2))]),
    (Chart("bicycle_parts", "pie", (460, 560), "Cost of a city bicycle",
           ["Frame", "Wheels", "Brakes", "Gears", "Labour"], {"Cost": [180, 95, 40, 85, 120]},
           ["Grey", "Teal", "Pink", "Yellow", "Blue"], note="Values in crowns"),
     [human("Do frame and labour together cost more than all the rest?",
            lambda c: at(c, "Frame") + at(c, "Labour") > sum(values(c)) / 2)]),
    (Chart("train_delay", "columns", (700, 300), "Mean delay of night trains",
           YEARS, {"Delay": [14, 11, 12, 9, 8, 6]}, ["Orange"], "Minutes"),
     [human("What is the ratio of the delay in 2014 to the delay in 2016, to two decimals?",
            lambda c: at(c, "2014") / at(c, "2016"))]),
    (Chart("orchards", "rows", (600, 400), "Harvest of the hill orchards",
           ["Apples", "Pears", "Plums", "Cherries"],
           {"Last year": [320, 210, 145, 90], "This year": [355, 190, 160, 84]},
           ["Grey", "Red"], "Tonnes"),
     [human("How many kinds of fruit had a smaller harvest this year than last year?",
            lambda c: sum(b < a for a, b in zip(values(c, "Last year"), values(c, "This year"))))]),
    (Chart("phones", "lines", (560, 400), "Households with a fixed telephone",
           ["1990", "1995", "2000", "2005", "2010", "2015"],
           {"Share": [72, 81, 86, 79, 58, 37]}, ["Green"], suffix="%"),
     [human("In which year was the share the highest?", highest)]),
    (Chart("mountain_huts", "columns", (420, 420), "Beds in the mountain huts",
           ["Ibex", "Raven", "Larch", "Glacier"], {"Beds": [48, 36, 60, 24]}, ["Blue", "Orange", "Green", "Purple"],
           theme="dark"),
     [augmented("How many beds are there in the hut Larch?", lambda c: at(c, "Larch"))]),
    (Chart("exports", "rows", (820, 420), "Exports of Velland by product",
           ["Timber", "Fish", "Wool", "Machine parts", "Glass", "Paper"],
           {"Exports": [12.6, 9.8, 4.3, 15.1, 3.7, 7.2]}, ["Teal"], "Million crowns"),
     [augmented("How many million crowns of machine parts did Velland export?", lambda c: at(c, "Machine parts")),
      augmented("Which product is exported the least?", lowest)]),
    (Chart("solar_roofs", "lines", (480, 480), "Roofs with solar panels",
           YEARS, {"Town": [110, 190, 320, 480, 730, 980], "Country": [60, 140, 290, 510, 820, 1150]},
           ["Red", "Green"], "Roofs", show_values=False),
     [augmented("Which colour stands for the country?", lambda c: colour_of(c, "Country"))]),
    (Chart("commute", "pie", (560, 360), "How the staff come to work",
           ["Bus", "Bicycle", "Car", "On foot"],
           {"Share": [28.5, 22, 37.5, 12]}, ["Yellow", "Green", "Red", "Blue"], suffix="%"),
     [augmented("What share of the staff come by car?", lambda c: percent(at(c, "Car")))]),
    (Chart("museum", "columns", (660, 500), "Visitors of the tin museum",
           YEARS, {"Adults": [410, 435, 460, 455, 490, 525], "Children": [180, 195, 240, 225, 260, 310]},
           ["Blue", "Pink"], "Visitors a week", theme="paper", text_size=12),
     [augmented("How many children visited the museum a week in 2017?", lambda c: at(c, "2017", "Children"))]),
    (Chart("bird_count", "rows", (360, 520), "Winter bird count",
           ["Sparrow", "Tit", "Finch", "Robin", "Wren", "Crow", "Magpie"], {"Birds": [312, 268, 154, 121, 47, 85, 63]},
           ["Brown"]),
     [augmented("How many robins were counted?", lambda c: at(c, "Robin"))]),
    (Chart("call_centre", "stacked", (760, 440), "Calls to the help desk",
           ["Mon", "Tue", "Wed", "Thu", "Fri"], {"Answered": [180, 165, 172, 158, 149], "Missed": [42, 31, 36, 28, 25]},
           ["Teal", "Red"], "Calls"),
     [augmented("How many calls were missed on Wednesday?", lambda c: at(c, "Wed", "Missed"))]),
    (Chart("reading_time", "columns", (540, 440), "Minutes of reading a day, by age",
           ["10-19", "20-29", "30-39", "40-49", "50-59", "60+"],
           {"Minutes": [23, 17, 19, 26, 34, 51]}, ["Purple"], "Minutes"),
     [augmented("How many minutes a day do people of 60 and over read?", lambda c: at(c, "60+"))]),
    (Chart("egg_price", "lines", (780, 360), "Price of a dozen eggs",
           ["2016", "2017", "2018", "2019", "2020", "2021", "2022"], {"Price": [2.35, 2.4, 2.55, 2.5, 2.8, 3.15, 3.9]},
           ["Orange"], "Crowns"),
     [augmented("What was the price of a dozen eggs in 2021?", lambda c: at(c, "2021"))]),
    (Chart("languages", "rows", (640, 340), "Languages taught at the evening school",
           ["Spanish", "French", "Polish", "Chinese"],
           {"Learners": [64, 58, 21, 37]}, ["Red", "Blue", "Grey", "Yellow"]),
     [augmented("Which language has the most learners?", highest)]),
    (Chart("budget", "pie", (680, 460), "Town budget", ["Schools", "Roads", "Parks", "Health", "Culture"],
           {"Share": [31, 24, 10, 27, 8]}, ["Blue", "Grey", "Green", "Red", "Purple"], suffix="%", theme="dark"),
     [augmented("What share of the budget goes to roads?", lambda c: percent(at(c, "Roads")))]),
    (Chart("greenhouse", "lines", (500, 700), "Temperature in the greenhouse\non a day in May",
           ["6 h", "9 h", "12 h", "15 h", "18 h", "21 h"],
           {"Inside": [14, 21, 29, 31, 25, 18], "Outside": [8, 13, 18, 20, 16, 11]},
           ["Red", "Blue"], "Degrees Celsius"),
     [augmented("What was the temperature inside at 12 h?", lambda c: at(c, "12 h", "Inside")),
      augmented("At which hour was it warmest outside?", lambda c: highest(c, "Outside"))]),
]
