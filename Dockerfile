# The web server, and the same image for each machine that trains: see docs/deploy.md.
FROM python:3.11-slim

WORKDIR /app
COPY . .
RUN python -m pip install --no-cache-dir --constraint constraints.txt --editable ".[postgresql,ray]"

# Runs, checkpoints and uploaded tables: a volume that all containers share.
ENV DESCENT_LAB_DATA=/data RAY_USAGE_STATS_ENABLED=0
VOLUME /data
EXPOSE 8501
CMD ["python", "-m", "streamlit", "run", "server.py", "--server.address", "0.0.0.0"]
