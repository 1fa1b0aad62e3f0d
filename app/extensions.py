"""Extensions that need an application: sessions in Redis, forms' tokens, sign-in, migrations, Redis itself."""

from __future__ import annotations

from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_session import Session
from flask_wtf import CSRFProtect
from redis import Redis

from app.access import limits
from config import Config
from tenants.db import db

csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate()
server_session = Session()


def redis_of(config: Config) -> Redis:
    """A connection to Redis; bytes in, bytes out, as RQ and the sessions need it."""
    return Redis.from_url(config.redis_url)


def register(app: Flask, config: Config) -> None:
    """Install what does not need the database or Redis at once; the commands run without either."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url or "postgresql+psycopg://"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations")
    csrf.init_app(app)
    login_manager.init_app(app)
    if config.redis_url:
        app.extensions["redis"] = redis_of(config)
        app.config["SESSION_TYPE"] = "redis"
        app.config["SESSION_REDIS"] = app.extensions["redis"]
        app.config["SESSION_SERIALIZATION_FORMAT"] = "msgpack"
        app.config["SESSION_KEY_PREFIX"] = "waymark:session:"
        server_session.init_app(app)
        limits.register(app, config)
