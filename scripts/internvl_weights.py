"""Weights of an InternVL-Chat checkpoint folder, for programs that name and lay them out in another way.

Development tool, used by internvl_transformers.py and internvl_gguf.py.
"""

from safetensors import safe_open


def read_tensors(folder, dtype=None):
    """Name and tensor of every weight; mapped from the file unless another type is asked for."""
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name).to(dtype)


def split_wqkv(weight, config):
    """Rows of each key/value head: its queries, its key, its value."""
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config["hidden_size"] // heads
    group = heads // kv_heads
    blocks = weight.view(kv_heads, group + 2, head_dim, -1)
    return (
        blocks[:, :group].reshape(heads * head_dim, -1),
        blocks[:, group].reshape(kv_heads * head_dim, -1),
        blocks[:, group + 1].reshape(kv_heads * head_dim, -1),
    )
