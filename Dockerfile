# Two images of one program. `web` serves the pages and holds no PyTorch; `trainer` holds it and takes jobs.
#
#   docker build --target web --tag beholder-web .
#   docker build --target trainer --tag beholder-trainer .
#
# docs/containers.md says how they are run. A newer base is one changed line: tag and digest of the next one.
ARG PYTHON=python:3.12.14-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254


# The program as a wheel, and the lists of what it needs: packages are installed before it, so that a changed line of
# ours does not fetch PyTorch again.
FROM ${PYTHON} AS wheel
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
RUN python -c "import tomllib; d = tomllib.load(open('pyproject.toml', 'rb')); p = d['project']; o = p['optional-dependencies']; \
      open('/build.txt', 'w').write('\n'.join(d['build-system']['requires'])); \
      open('/web.txt', 'w').write('\n'.join(p['dependencies'] + o['postgres'] + o['parquet'] + o['oidc'])); \
      open('/trainer.txt', 'w').write('\n'.join(o['trainer'])); \
      open('/learned.txt', 'w').write('\n'.join(o['learned']))"
COPY constraints.txt /
RUN pip install --no-cache-dir --constraint /constraints.txt --requirement /build.txt
COPY app ./app
COPY trainer ./trainer
COPY templates ./templates
COPY static ./static
COPY locales ./locales
COPY migrations ./migrations
# The build backend is the one installed above: one that pip fetched for itself would be the newest of the day.
RUN pip wheel --no-cache-dir --no-build-isolation --no-deps --wheel-dir /wheels .


FROM ${PYTHON} AS web-packages
COPY constraints.txt /
COPY --from=wheel /web.txt /
RUN python -m venv /opt/beholder \
 && /opt/beholder/bin/pip install --no-cache-dir --constraint /constraints.txt --requirement /web.txt


# PyTorch comes as pip finds it: with CUDA from PyPI; for processors alone, and some gigabytes smaller, with
# --build-arg PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
# Learned measures need pyiqa, whose licence allows no commercial use: it comes only with --build-arg LEARNED=1
FROM web-packages AS trainer-packages
ARG PIP_EXTRA_INDEX_URL=
ARG LEARNED=
COPY --from=wheel /trainer.txt /learned.txt /
RUN /opt/beholder/bin/pip install --no-cache-dir --constraint /constraints.txt --requirement /trainer.txt \
 && if [ -n "$LEARNED" ]; then \
      /opt/beholder/bin/pip install --no-cache-dir --constraint /constraints.txt --requirement /learned.txt \
      && /opt/beholder/bin/pip install --no-cache-dir --no-deps pyiqa==0.1.16; \
    fi


FROM web-packages AS web-program
COPY --from=wheel /wheels /wheels
RUN /opt/beholder/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl


FROM trainer-packages AS trainer-program
COPY --from=wheel /wheels /wheels
RUN /opt/beholder/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl


# What both have in common: an ordinary user, who writes to /data and /tmp and nowhere else.
FROM ${PYTHON} AS runtime
RUN groupadd --gid 10001 beholder \
 && useradd --uid 10001 --gid beholder --no-create-home --home-dir /tmp --shell /usr/sbin/nologin beholder \
 && install --directory --owner beholder --group beholder --mode 0700 /data
ENV PATH=/opt/beholder/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    XDG_CACHE_HOME=/tmp/cache \
    BEHOLDER_DATA_DIR=/data \
    BEHOLDER_LOG_FORM=json
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["beholder"]
LABEL org.opencontainers.image.title="Beholder" \
      org.opencontainers.image.description="Trains restoration networks under many image-quality measures and ranks them by what people prefer." \
      org.opencontainers.image.licenses="Apache-2.0"


FROM runtime AS trainer
COPY --from=trainer-program /opt/beholder /opt/beholder
# A worker answers no requests. When it dies the container ends; when it falls silent the desk says so.
HEALTHCHECK NONE
CMD ["worker"]


FROM runtime AS web
COPY --from=web-program /opt/beholder /opt/beholder
ENV BEHOLDER_HOST=0.0.0.0 \
    BEHOLDER_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-I", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['BEHOLDER_PORT']), timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["serve"]
