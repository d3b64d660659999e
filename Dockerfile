# syntax=docker/dockerfile:1
# The bot in an image: built from the lock alone, run by a user without rights on a root that may be read-only.
#
#   docker build --tag startup-advisor .
#   docker run --rm --read-only --tmpfs /tmp --env-file .env --volume advisor-home:/var/lib/advisor startup-advisor
#
# Secrets come in by the environment, never into a layer. compose.yaml starts it with what it may use besides.

FROM python:3.12-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/advisor
COPY requirements.lock ./
COPY .ci/requirements-dev.lock ./.ci/
RUN /opt/advisor/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.lock
# What the store needs for PostgreSQL; the versions and hashes are those of the tests.
RUN sed -n '/^asyncpg==/,/^    # via/p' .ci/requirements-dev.lock > postgresql.lock \
    && /opt/advisor/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --requirement postgresql.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY rag ./rag
COPY corpus ./corpus
COPY prompts ./prompts
# Nothing can be compiled later: the user may not write here.
RUN /opt/advisor/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/advisor/bin/python -m compileall -q /opt/advisor/lib

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 advisor \
    && useradd --uid 10001 --gid advisor --no-create-home --home-dir /var/lib/advisor --shell /usr/sbin/nologin advisor \
    && install --directory --owner=advisor --group=advisor --mode=700 /var/lib/advisor
COPY --from=build /opt/advisor /opt/advisor
ENV PATH=/opt/advisor/bin:$PATH \
    ADVISOR_HOME=/var/lib/advisor \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/advisor
VOLUME /var/lib/advisor
EXPOSE 8787
# The loop turns; /readyz tells whether questions are answered, which a platform that is down must not restart the bot for.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8787/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["advisor"]
CMD ["run"]
