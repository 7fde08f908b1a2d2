"""A small convolutional network in PyTorch learns scikit-learn's digits; gradients and mistakes are logged.

TRACKLOG_DIR=./tracklogs python examples/digits_torch.py
"""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

import tracklog as wandb

wandb.login()  # scripts written for wandb may keep it


class DigitNet(nn.Module):
    """Two convolutions and a linear layer, for pictures of 8 × 8."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, 2 * channels, 3, padding=1)
        self.head = nn.Linear(2 * channels * 16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return class scores (n × 10) of pictures (n × 1 × 8 × 8)."""
        x = functional.relu(self.conv1(x))
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return self.head(x.flatten(1))


def load() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return pictures and digits to train with, then those to validate with."""
    digits = load_digits()
    x = torch.tensor(digits.images / 16, dtype=torch.float32).unsqueeze(1)
    y = torch.tensor(digits.target)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    train, val = order[:1300], order[1300:]
    return x[train], y[train], x[val], y[val]


def main() -> None:
    """Train for a few epochs."""
    torch.manual_seed(0)
    config = {"channels": 12, "lr": 2e-3, "batch": 64, "epochs": 8}
    run = wandb.init(project="digits", name="torch-cnn", group="torch", config=config)
    x, y, x_val, y_val = load()
    model = DigitNet(wandb.config.channels)
    optimizer = torch.optim.Adam(model.parameters(), lr=wandb.config.lr)
    for epoch in range(wandb.config.epochs):
        for batch in torch.randperm(len(x)).split(wandb.config.batch):
            loss = functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            wandb.log({"train/loss": loss, "epoch": epoch})
        with torch.no_grad():
            scores = model(x_val)
        wandb.log({"val/loss": functional.cross_entropy(scores, y_val), **look(model, x_val, y_val, scores)})
        print(f"epoch {epoch}  val accuracy {wandb.summary['val/accuracy']:.3f}")
    run.summary["parameters"] = sum(one.numel() for one in model.parameters())
    run.finish()


def look(model: nn.Module, x: torch.Tensor, y: torch.Tensor, scores: torch.Tensor) -> dict[str, object]:
    """Return accuracy, gradients layer by layer, and some of the digits that were mistaken."""
    guess = scores.argmax(dim=1)
    wrong = (guess != y).nonzero().flatten()[:8]
    big = functional.interpolate(x[wrong], scale_factor=8)
    return {
        "val/accuracy": (guess == y).float().mean(),
        **{f"gradients/{name}": wandb.Histogram(one.grad) for name, one in model.named_parameters()},
        "mistakes": [
            wandb.Image(picture, caption=f"{y[i]}, taken for {guess[i]}") for picture, i in zip(big, wrong, strict=True)
        ],
    }


if __name__ == "__main__":
    main()
