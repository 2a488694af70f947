"""Draws the sample data of all benchmarks. With --check it writes nothing and compares what is there instead."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER / "pages"))

from draw_charts import draw_chartqa
from draw_choices import draw_ai2d, draw_mmtbench, draw_seed_image
from draw_circular import draw_ccbench, draw_mmbench_cn, draw_mmbench_en
from draw_documents import draw_docvqa, draw_infovqa
from draw_exams import draw_mathvista, draw_mmmu
from draw_scenes import draw_ocrbench, draw_realworldqa, draw_textvqa
from draw_talks import draw_convbench, draw_mmvet
from draw_yes_no import draw_hallusionbench, draw_mme

BENCHMARKS = {
    "docvqa": draw_docvqa,
    "chartqa": draw_chartqa,
    "infovqa": draw_infovqa,
    "textvqa": draw_textvqa,
    "ocrbench": draw_ocrbench,
    "mme": draw_mme,
    "realworldqa": draw_realworldqa,
    "ai2d": draw_ai2d,
    "mmmu": draw_mmmu,
    "mmbench-en": draw_mmbench_en,
    "mmbench-cn": draw_mmbench_cn,
    "ccbench": draw_ccbench,
    "mmvet": draw_mmvet,
    "seed-image": draw_seed_image,
    "hallusionbench": draw_hallusionbench,
    "mathvista": draw_mathvista,
    "mmtbench": draw_mmtbench,
    "convbench": draw_convbench,
}


def _files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _differences(name, drawn, present):
    """Names of the files that are missing, superfluous or other than drawn."""
    expected, found = _files(drawn), _files(present)
    return sorted(f"{name}/{path}" for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 when a file differs from what is drawn")
    check = parser.parse_args().check
    differing = []
    for name, draw in BENCHMARKS.items():
        with tempfile.TemporaryDirectory() as temporary:
            drawn = Path(temporary) / name
            draw(drawn)
            if check:
                differing += _differences(name, drawn, FOLDER / name)
                continue
            shutil.rmtree(FOLDER / name, ignore_errors=True)
            shutil.copytree(drawn, FOLDER / name)
    if differing:
        sys.exit("make_all: differs from what is drawn: " + ", ".join(differing))


if __name__ == "__main__":
    main()
