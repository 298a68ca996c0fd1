"""What hangs on a row comes in an order that the model names: a database promises none."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.kernel import db


def test_every_collection_of_a_model_has_an_order(migrated_app: Flask) -> None:
    collections = [
        relation
        for mapper in db.Base.registry.mappers
        for relation in sa.inspect(mapper.class_).relationships
        if relation.uselist
    ]
    assert collections
    assert [str(relation) for relation in collections if not relation.order_by] == []
