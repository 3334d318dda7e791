"""The processes that train together: those that torchrun started, or this one alone."""
import os
import zlib

import torch
import torch.distributed as distributed

from trouble import Trouble


class Processes:
    def __init__(self, device):
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cuda" and not torch.cuda.is_available():
            raise Trouble("'--device cuda' finds no GPU that this PyTorch can use. Install PyTorch with CUDA, or use '--device cpu'.", 5)
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        local = int(os.environ.get("LOCAL_RANK", 0))
        if device == "cuda" and local >= torch.cuda.device_count():
            raise Trouble(f"Process {local} of this machine has no GPU of its own: there are {torch.cuda.device_count()}. Start as many with '--nproc_per_node'.", 5)
        self.device = torch.device("cuda", local) if device == "cuda" else torch.device("cpu")
        if device == "cuda":
            torch.cuda.set_device(self.device)
        if self.count > 1:
            distributed.init_process_group("nccl" if device == "cuda" else "gloo")

    @property
    def first(self):
        return self.rank == 0

    def share(self, items):
        """This process's part of what is shared out."""
        return items[self.rank::self.count]

    def add_up(self, tensor):
        """The sum over all processes, in place."""
        if self.count > 1:
            distributed.all_reduce(tensor)
        return tensor

    def spread(self, tensors):
        """All get the first one's values."""
        if self.count > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def require_equal(self, tensors):
        """Fails when processes have come apart, which no later sum would mend."""
        if self.count == 1:
            return
        mine = 0
        for tensor in tensors:
            mine = zlib.crc32(tensor.detach().cpu().numpy().tobytes(), mine)
        sums = torch.zeros(self.count, dtype=torch.int64, device=self.device)
        sums[self.rank] = mine
        if len(set(self.add_up(sums).tolist())) > 1:
            raise Trouble("The processes have come to different weights. Use the same PyTorch and the same kind of device for all of them, and start again.", 1)

    def close(self):
        if self.count > 1 and distributed.is_initialized():
            distributed.destroy_process_group()
