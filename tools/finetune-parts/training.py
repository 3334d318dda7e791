"""Joint training over operating points: every batch is for one point, drawn, or for all of them, and all processes take their part of it."""
import copy
import math
import os
import random
import sys
import time

import torch

from trouble import Trouble

HELD_BACK = 10

# More tell no more, and would be answered at every point after every epoch.
MOST_HELD = 5000


class Training:
    """State: batches done, weights, momentum, the best weights on the pictures held back, figures of all epochs. All of it is in the checkpoint."""

    def __init__(self, network, points, pictures, spec, processes, options, header):
        self.network, self.points, self.pictures, self.spec, self.processes, self.options, self.header = network, points, pictures, spec, processes, options, header
        part = max(HELD_BACK, -(-len(pictures) // MOST_HELD))
        self.held = [i for i in range(len(pictures)) if i % part == part - 1]
        self.shown = [i for i in range(len(pictures)) if i % part != part - 1]
        if not self.held or len(self.shown) < 2:
            raise Trouble(f"{len(pictures)} pictures are too few to train with and hold one in {HELD_BACK} back. Give a hundred or more.")
        self.teacher = copy.deepcopy(network).requires_grad_(False) if options.distill else None
        self.weights = list(network.parameters())
        self.batches = -(-len(self.shown) // options.batch)
        # Decay is for weights alone, not for what is added or scaled per channel.
        groups = [{"params": [p for p in self.weights if (p.dim() > 1) == decays], "weight_decay": options.weight_decay if decays else 0.0} for decays in (True, False)]
        self.optimizer = torch.optim.SGD([g for g in groups if g["params"]], lr=options.learning_rate, momentum=options.momentum)
        self.done, self.best_epoch, self.history = 0, 0, []
        self.before = self.best = self.best_loss = None

    def run(self):
        """Trains, and leaves the best weights in the network. Returns why it ended early, or None."""
        self._start()
        stopped = None
        limit = 2 * self.best_loss + 1
        while self.done < self.options.epochs * self.batches and stopped is None:
            epoch = self.done // self.batches + 1
            shown = self._epoch(epoch)
            held = self.measure() if shown is not None else None
            loss = self._loss(held) if held else math.nan
            if not loss <= limit:
                stopped = (f"Training diverged in epoch {epoch} of {self.options.epochs}: "
                           + ("the loss or its gradient is no number any more" if math.isnan(loss) else f"the loss on the pictures held back rose to {loss:.3g}")
                           + f". The best weights so far, of epoch {self.best_epoch}, are kept. Try a smaller '--learning-rate' than {self.options.learning_rate:g}.")
                break
            self.processes.require_equal(self.weights)
            self.history.append({"epoch": epoch, "loss": shown, "held_back": held})
            if loss < self.best_loss:
                self.best_loss, self.best_epoch, self.best = loss, epoch, self._copy()
            self._save()
            self._say(f"epoch {epoch}/{self.options.epochs}: loss {shown:.4f}; held back: {describe(held, self.points)}", lasting=True)
        with torch.no_grad():
            for p, value in zip(self.weights, self.best):
                p.copy_(value)
        return stopped

    def measure(self):
        """{point: {"loss", "divergence", "top1", "n"}} on the pictures held back; top1 and loss are None without labels."""
        parts = self.processes.share(self.held)
        labelled = all(label >= 0 for label in self.pictures.labels)
        sums = torch.zeros(len(self.points), 3, dtype=torch.float64, device=self.processes.device)
        size = max(1, self.options.batch // self.processes.count)
        sizes = self._sizes(self.points)
        batches = [[(i, None, sizes) for i in parts[at:at + size]] for at in range(0, len(parts), size)]
        with torch.no_grad():
            for images, labels in self._load(batches):
                wanted = self._teach(images)
                for p, point in enumerate(self.points):
                    log_shares = self._shares(self.network, images, point)
                    if labelled:
                        classes = labels + self.spec.first_class
                        sums[p, 0] -= log_shares.gather(1, classes[:, None]).double().sum()
                        sums[p, 1] += self._hits(log_shares, classes)
                    if wanted is not None:
                        sums[p, 2] += self._divergence(wanted, log_shares).double()
        count = len(self.held)
        return {point: {"loss": loss / count if labelled else None, "top1": 100 * hits / count if labelled else None, "divergence": away / count if self.teacher else None, "n": count}
                for point, (loss, hits, away) in zip(self.points, self.processes.add_up(sums).tolist())}

    def _start(self):
        found = self.options.resume and os.path.exists(self.options.checkpoint)
        if self.processes.first:
            if found:
                self._restore()
            self._touch()
        # A checkpoint lies with the first process, and the others may be on other machines.
        state = torch.tensor([self.done, self.best_epoch], dtype=torch.int64, device=self.processes.device)
        self.processes.spread([state])
        self.done, self.best_epoch = state.tolist()
        momentum = [self.optimizer.state[p].setdefault("momentum_buffer", torch.zeros_like(p)) for p in self.weights]
        self.best = self.best or self._copy()
        with torch.no_grad():
            self.processes.spread([*(p.data for p in self.weights), *momentum, *self.best])
        if self.before is None and self.done == 0:
            self.before = self.measure()
            self.best_loss = self._loss(self.before)
        loss = torch.tensor([self.best_loss or 0.0], dtype=torch.float64, device=self.processes.device)
        self.processes.spread([loss])
        self.best_loss = loss.item()
        if math.isnan(self.best_loss):
            raise Trouble("The network gives NaN on the pictures held back before any training. Check the model and its input specification.", 3)

    def _epoch(self, epoch):
        """Mean loss of the epoch's batches from where it stands; None when it is no number."""
        order = random.Random(f"{self.options.seed}/{epoch}")
        chosen = self.shown[:]
        order.shuffle(chosen)
        # The dense point first: the others learn from its answers, wherever it stands among the masks.
        every = sorted(self.points, key=lambda point: point != self.options.dense)
        drawn = lambda: every if self.options.every_point else [order.choice(self.points)]
        plan = [(drawn(), chosen[i:i + self.options.batch]) for i in range(0, len(chosen), self.options.batch)][self.done % self.batches:]
        parts = [[(i, epoch, self._sizes(points)) for i in self.processes.share(batch)] for points, batch in plan]
        start, first, total, seen = time.monotonic(), self.done, 0.0, 0
        for (points, batch), (images, labels) in zip(plan, self._load(parts)):
            rate = 0.5 * self.options.learning_rate * (1 + math.cos(math.pi * self.done / (self.options.epochs * self.batches)))
            loss = self._step(points, images, labels, len(batch), rate)
            if not math.isfinite(loss):
                return None
            total, seen, self.done = total + loss * len(batch), seen + len(batch), self.done + 1
            if self.done % self.options.checkpoint_every == 0 and self.done % self.batches:
                self._save()
            left = (time.monotonic() - start) / (self.done - first) * (self.options.epochs * self.batches - self.done)
            self._say(f"epoch {epoch}/{self.options.epochs}: batch {(self.done - 1) % self.batches + 1}/{self.batches}, point {', '.join(points)}, loss {total / seen:.4f}, {_clock(left)} left", lasting=False)
        return total / max(seen, 1)

    def _step(self, points, images, labels, pictures, rate):
        self.optimizer.zero_grad(set_to_none=True)
        mine = torch.zeros(1, device=self.processes.device)
        if images is not None:
            wanted, dense = self._teach(images), None
            for point in points:
                log_shares = self._shares(self.network, images, point)
                if wanted is not None:
                    loss = self._divergence(wanted, log_shares)
                elif dense is not None:
                    # Half the labels, half what the dense point answers at this moment (in-place distillation: Yu and Huang, ICCV 2019).
                    targets = dense.exp().scatter_add(1, labels[:, None] + self.spec.first_class, torch.ones_like(dense[:, :1])) / 2
                    loss = (torch.xlogy(targets, targets) - targets * log_shares).sum()
                else:
                    loss = -log_shares.gather(1, labels[:, None] + self.spec.first_class).sum()
                    dense = log_shares.detach() if point == self.options.dense else None
                share = loss / (pictures * len(points))
                share.backward()
                mine += share.detach()
        # Parts may be of different sizes, so that gradients are summed and not averaged.
        flat = self.processes.add_up(torch.cat([mine, *((p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1) for p in self.weights)]))
        norm = flat[1:].double().norm().item()
        if not math.isfinite(norm):
            return math.nan
        scale = min(1.0, self.options.most_norm / max(norm, 1e-30))
        for p, gradient in zip(self.weights, flat[1:].split([p.numel() for p in self.weights])):
            p.grad = gradient.view_as(p) * scale
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        return flat[0].item()

    def _sizes(self, points):
        # What teaches sees the whole picture, also where a point takes a smaller one.
        return tuple({self.network.size_of(point): None for point in [*points, *([self.options.dense] if self.teacher else [])]})

    def _shares(self, network, images, point):
        return network.log_shares(images[network.size_of(point)], point, self.spec.probabilities)

    def _teach(self, images):
        if self.teacher is None:
            return None
        with torch.no_grad():
            return self._shares(self.teacher, images, self.options.dense)

    @staticmethod
    def _divergence(wanted, log_shares):
        return (wanted.exp() * (wanted - log_shares)).sum()

    def _hits(self, log_shares, classes):
        # Classes below the first are background and never an answer.
        return (log_shares[:, self.spec.first_class:].argmax(1) + self.spec.first_class == classes).sum()

    def _loss(self, figures):
        return sum(f["divergence" if self.teacher else "loss"] for f in figures.values()) / len(figures)

    def _load(self, batches):
        loader = torch.utils.data.DataLoader(self.pictures, batch_sampler=batches, num_workers=self.options.workers, collate_fn=_collate, pin_memory=self.processes.device.type == "cuda")
        for images, labels in loader:
            yield (None, None) if images is None else ({size: part.to(self.processes.device, non_blocking=True) for size, part in images.items()},
                                                       labels.to(self.processes.device, non_blocking=True))

    def _copy(self):
        return [p.detach().clone() for p in self.weights]

    def _touch(self):
        # A place that cannot be written to is found now and not after an epoch.
        try:
            open(self.options.checkpoint, "ab").close()
        except OSError as error:
            raise Trouble(f"Cannot write '{self.options.checkpoint}': {error.strerror}. Name another place with '-o'.") from error

    def _save(self):
        if not self.processes.first:
            return
        state = {"header": self.header, "done": self.done, "weights": self._copy(), "momentum": [self.optimizer.state[p]["momentum_buffer"] for p in self.weights], "best": self.best,
                 "best_epoch": self.best_epoch, "best_loss": self.best_loss, "before": self.before, "history": self.history}
        torch.save(state, self.options.checkpoint + ".part")
        os.replace(self.options.checkpoint + ".part", self.options.checkpoint)

    def _restore(self):
        if os.path.getsize(self.options.checkpoint) == 0:
            return
        try:
            state = torch.load(self.options.checkpoint, map_location=self.processes.device)
            header = state["header"]
        except Exception as error:
            raise Trouble(f"The checkpoint '{self.options.checkpoint}' cannot be read ({error}). Delete it, or leave '--resume' out, to start again.") from error
        if header != self.header:
            raise Trouble(f"The checkpoint '{self.options.checkpoint}' is of another model, other masks, pictures or options. Give those it was made with, or leave '--resume' out to start again.")
        self.done, self.best, self.best_epoch, self.best_loss = state["done"], state["best"], state["best_epoch"], state["best_loss"]
        self.before, self.history = state["before"], state["history"]
        with torch.no_grad():
            for p, value, momentum in zip(self.weights, state["weights"], state["momentum"]):
                p.copy_(value)
                self.optimizer.state[p]["momentum_buffer"] = momentum

    def _say(self, text, lasting):
        if self.processes.first and (lasting or sys.stderr.isatty()):
            sys.stderr.write(f"\r\x1b[K{text}{chr(10) if lasting else ''}" if sys.stderr.isatty() else text + "\n")
            sys.stderr.flush()


def describe(figures, points):
    return ", ".join(f"{point} " + (f"{figures[point]['top1']:.2f} %" if figures[point]["top1"] is not None else f"divergence {figures[point]['divergence']:.4f}") for point in points)


def _collate(items):
    """({size: pictures}, labels)."""
    return ({size: torch.stack([images[size] for images, _ in items]) for size in items[0][0]}, torch.tensor([label for _, label in items])) if items else (None, None)


def _clock(seconds):
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"
