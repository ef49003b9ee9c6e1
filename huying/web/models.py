"""Facts of the face: the views of a list that a person keeps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SavedView(models.Model):
    """A list as somebody likes it; `owner_id` is the asker's name: the face knows no account."""

    owner_id = models.CharField(max_length=64)
    table = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    query = models.TextField(max_length=2000)
    first = models.BooleanField(default=False, help_text="Opens when the list is opened bare")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner_id", "table", "name"], name="view_once"),
            models.UniqueConstraint(
                fields=["owner_id", "table"], name="view_one_first", condition=models.Q(first=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name
