# The server. In the root of the sources:
#   docker build -f packaging/docker/muster.Dockerfile -t muster .
#   docker run -p 8001:8001 -v muster:/data --stop-timeout 15 muster
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates/ crates/
COPY packaging/systemd/ packaging/systemd/
COPY --from=web /src/web/dist/ web/dist/
RUN cargo build --release --locked -p muster && mkdir -p /empty

# Only the C library, the public CA certificates and a user: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/muster /usr/local/bin/muster
COPY --from=build --chown=65532:65532 /empty/ /data/
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV MUSTER_LISTEN=0.0.0.0:8001 MUSTER_LOG_FORMAT=json
EXPOSE 8001
STOPSIGNAL SIGTERM
# Migrating a large database of the Flask server may take minutes.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m --retries=3 CMD ["/usr/local/bin/muster", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/muster"]
CMD ["serve"]
