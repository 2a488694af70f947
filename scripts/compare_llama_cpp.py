"""Compares Tessera with llama.cpp on this machine, with the same weights in 16 bits: answers, then speed.

llama.cpp is what the llama-cpp-python source package builds; it is called in this process, Tessera in one of its own,
turn by turn, so that what else the machine does weighs on both. Both get the same tiles and token ids, cut and encoded
as InternVL does. First the answers are compared in float32, which tells whether the conversion is right; the exit code
is 1 when an answer differs that needs no picture. Development tool; see docs/performance.md for its environment.
"""

import argparse
import ctypes
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy
import torch
from comparison import (
    MAX_TILES,
    PAGES,
    STAGE_QUESTION,
    STAGE_TOKENS,
    SYSTEM,
    Tessera,
    draw_pictures,
    print_stages,
)
from internvl_inputs import Inputs, cut_tiles
from internvl_weights import read_tensors

QUESTIONS = ["Who wrote Faust?", "What is 6 times 7?", "Name a colour of the rainbow.", "Which city lies on the Seine?"]
ANSWER_TOKENS = 16
ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR
CONTEXT = 4096  # tokens: a page of 13 tiles, its question and its answer


def silence(bindings, mtmd):
    """llama.cpp says a line or more for every tile; its errors stay. Returns what has to live as long as the logs."""

    @bindings.llama_log_callback
    def write_error(level, text, _):
        if level == ERROR_LEVEL:
            sys.stderr.write(text.decode(errors="replace"))

    bindings.llama_log_set(write_error, None)
    mtmd.mtmd_log_set(write_error, None)
    mtmd.mtmd_helper_log_set(write_error, None)
    return write_error


class LlamaCpp:
    """A converted checkpoint in llama.cpp. `bindings` is the module llama_cpp, `mtmd` its submodule for pictures."""

    def __init__(self, bindings, mtmd, inputs, folder, files, dtype, threads):
        self.api, self.mtmd, self.inputs = bindings, mtmd, inputs
        tables = dict(read_tensors(folder))
        self.embeddings = tables["language_model.model.tok_embeddings.weight"]
        language, vision = (str(path).encode() for path in files)
        self.model = self.check(bindings.llama_model_load_from_file(language, bindings.llama_model_default_params()))
        settings = bindings.llama_context_default_params()
        settings.n_ctx = settings.n_batch = CONTEXT
        settings.n_threads = settings.n_threads_batch = threads
        if dtype == torch.float32:
            settings.type_k = settings.type_v = bindings.GGML_TYPE_F32
        self.context = self.check(bindings.llama_init_from_model(self.model, settings))
        pictures = mtmd.mtmd_context_params_default()
        pictures.use_gpu, pictures.print_timings, pictures.n_threads = False, False, threads
        self.vision = self.check(mtmd.mtmd_init_from_file(vision, self.model, pictures))

    def close(self):
        self.mtmd.mtmd_free(self.vision)
        self.api.llama_free(self.context)
        self.api.llama_model_free(self.model)

    @staticmethod
    def check(made):
        if not made:
            sys.exit("llama.cpp cannot read the converted checkpoint")
        return made

    def load_tiles(self, path, max_tiles):
        """Chunks of one tile each, as llama.cpp wants its pictures."""
        bitmaps = []
        for tile in cut_tiles(path, self.inputs.side, max_tiles):
            pixels = (ctypes.c_uint8 * (3 * tile.width * tile.height)).from_buffer_copy(tile.tobytes())
            bitmaps.append(self.mtmd.mtmd_bitmap_init(tile.width, tile.height, pixels))
        text = self.mtmd.mtmd_default_marker() * len(bitmaps)
        given = self.mtmd.mtmd_input_text(text, len(text), False, True)
        chunks = self.mtmd.mtmd_input_chunks_init()
        several = (self.mtmd.mtmd_bitmap_p_ctypes * len(bitmaps))(*bitmaps)
        if self.mtmd.mtmd_tokenize(self.vision, chunks, ctypes.byref(given), several, len(bitmaps)):
            sys.exit("llama.cpp does not take the tiles")
        found = [self.mtmd.mtmd_input_chunks_get(chunks, i) for i in range(self.mtmd.mtmd_input_chunks_size(chunks))]
        is_image = self.mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE
        return [chunk for chunk in found if self.mtmd.mtmd_input_chunk_get_type(chunk) == is_image]

    def encode(self, tiles):
        """Features of tiles [tokens, width]; one tile per call, as llama.cpp's own tools do on a processor."""
        features = []
        for tile in tiles:
            if self.mtmd.mtmd_encode_chunk(self.vision, tile):
                sys.exit("llama.cpp cannot encode a tile")
            shape = (self.inputs.tokens_per_tile, self.embeddings.shape[1])
            features.append(numpy.ctypeslib.as_array(self.mtmd.mtmd_get_output_embd(self.vision), shape).copy())
        return numpy.concatenate(features)

    def embed(self, ids, features=None):
        """Rows of the prompt in float32: from the embedding table, or the picture's features at its places."""
        rows = self.embeddings[torch.tensor(ids)].float().numpy()
        if features is not None:
            rows[numpy.array(ids) == self.inputs.image_token] = features
        return rows

    def decode(self, count, tokens=None, rows=None):
        """The next token, greedily, after `count` more tokens or rows."""
        batch = self.api.llama_batch(n_tokens=count, token=tokens, embd=rows)
        if self.api.llama_decode(self.context, batch):
            sys.exit("llama.cpp cannot decode")
        logits = self.api.llama_get_logits_ith(self.context, -1)
        return int(numpy.ctypeslib.as_array(logits, (self.embeddings.shape[0],)).argmax())

    def prefill(self, rows):
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)
        return self.decode(len(rows), rows=rows.ctypes.data_as(ctypes.POINTER(ctypes.c_float)))

    def generate(self, first, count):
        """`count` tokens, the first of them given."""
        ids = [first]
        while len(ids) < count:
            ids.append(self.decode(1, tokens=(self.api.llama_token * 1)(ids[-1])))
        return ids

    def answer(self, question, picture=None):
        tiles = self.load_tiles(picture, 1) if picture else []
        ids = self.inputs.prompt(SYSTEM, question, len(tiles))
        rows = self.embed(ids, self.encode(tiles) if tiles else None)
        return self.inputs.answer(self.generate(self.prefill(rows), ANSWER_TOKENS))

    def stages(self, picture):
        """Tiles, prompt tokens and answer tokens per second."""
        tiles = self.load_tiles(picture, MAX_TILES)
        ids = self.inputs.prompt(SYSTEM, STAGE_QUESTION, len(tiles))
        start = time.perf_counter()
        features = self.encode(tiles)
        vision = time.perf_counter()
        rows = self.embed(ids, features)
        prefill_start = time.perf_counter()
        first = self.prefill(rows)
        prefill = time.perf_counter()
        self.generate(first, STAGE_TOKENS)
        decode = time.perf_counter() - prefill
        return [len(tiles) / (vision - start), len(ids) / (prefill - prefill_start), (STAGE_TOKENS - 1) / decode]


def compare_answers(tessera, peer, picture):
    """Whether answers without a picture are equal; a picture's are told, for llama.cpp's GELU is an approximation."""
    wrong = 0
    for name, shown in (("without a picture", None), (f"about {picture.name}", picture)):
        image = ["--image", shown, "--max-tiles", 1] if shown else []
        limit = ["--max-new-tokens", ANSWER_TOKENS]
        theirs = [peer.answer(question, shown) for question in QUESTIONS]
        ours = [tessera.ask(question, "float32", [*image, *limit])["answer"] for question in QUESTIONS]
        for question, their, our in zip(QUESTIONS, theirs, ours):
            if their != our:
                print(f"differs {name}: {question!r} llama.cpp {their!r}, Tessera {our!r}")
                wrong += not shown
        equal = f"{sum(map(str.__eq__, theirs, ours))} of {len(ours)} equal"
        print(f"answers {name} in float32: {equal}, {len(set(theirs))} different texts\n", flush=True)
    return wrong == 0


def compare_speed(tessera, peer, picture, arguments):
    features = peer.api.llama_print_system_info().decode()
    print(f"{arguments.checkpoint}, bfloat16, {arguments.threads} threads, load {os.getloadavg()[0]:.1f}; {features}\n")
    print("| what | unit | Tessera | llama.cpp | ratio | n |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    print_stages([(tessera.stages(picture, "bfloat16"), peer.stages(picture)) for _ in range(arguments.samples)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="InternVL-Chat folder with InternLM2 stored in bfloat16")
    parser.add_argument(
        "--llama-cpp", type=Path, required=True, help="folder with llama_cpp and gguf, from pip --target"
    )
    parser.add_argument("--tessera", default="build/release/bin/tessera", help="the program (%(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both (%(default)s)")
    parser.add_argument("--samples", type=int, default=5, help="of every time (%(default)s)")
    parser.add_argument("--only", choices=["answers", "speed"], help="one of the two halves")
    arguments = parser.parse_args()
    sys.path.append(str(arguments.llama_cpp))
    import llama_cpp
    from internvl_gguf import write_gguf
    from llama_cpp import mtmd_cpp

    log = silence(llama_cpp, mtmd_cpp)  # noqa: F841
    torch.set_num_threads(arguments.threads)
    inputs = Inputs(arguments.checkpoint)
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tessera = Tessera(arguments, work)
        picture = draw_pictures(work, PAGES)[-1]
        for half, dtype in (("answers", torch.float32), ("speed", torch.bfloat16)):
            if arguments.only not in (None, half):
                continue
            files = write_gguf(arguments.checkpoint, inputs, work, dtype)
            peer = LlamaCpp(llama_cpp, mtmd_cpp, inputs, arguments.checkpoint, files, dtype, arguments.threads)
            if half == "answers":
                equal = compare_answers(tessera, peer, picture)
            else:
                compare_speed(tessera, peer, picture, arguments)
            peer.close()
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
