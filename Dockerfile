# One image for web, worker, beat and the one-shot commands; docker-compose.yml gives each its command.
FROM python:3.12-slim AS packages
COPY requirements.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PCU_STORE_DIR=/srv/store STATIC_ROOT=/srv/static BEAT_SCHEDULE_FILE=/srv/beat/schedule
RUN useradd --system --uid 10001 --user-group --no-create-home pcu \
 && install -d -o pcu -g pcu /srv/store /srv/static /srv/beat
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/pcu
COPY . .
# Translations and static files are part of the image: no container writes beside the code.
RUN pybabel --quiet compile --directory locale --domain django \
 && python manage.py collectstatic --no-input --verbosity 0
USER pcu
EXPOSE 8000
# The rest is in gunicorn.conf.py.
CMD ["gunicorn", "--bind", "0.0.0.0:8000"]
