# The agent of the computer that the container runs on. In the folder of the sources:
#   docker build -f packaging/docker/muster-agent.Dockerfile -t muster-agent .
#   docker run --network host --uts host --pid host -v /proc:/host/proc:ro -v /sys:/host/sys:ro \
#     -v /:/host/root:ro,rslave -v muster-agent:/data muster-agent
# The computer's network gives it the computer's interfaces, and the address that the server asks.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates/ crates/
COPY packaging/systemd/ packaging/systemd/
RUN cargo build --release --locked -p muster-agent && mkdir -p /empty

# The C library, a user, and nothing else: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/muster-agent /usr/local/bin/muster-agent
COPY --from=build --chown=65532:65532 /empty/ /data/
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV MUSTER_AGENT_LISTEN=0.0.0.0:8000
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/muster-agent"]
CMD ["--proc", "/host/proc", "--sys", "/host/sys", "--root", "/host/root"]
