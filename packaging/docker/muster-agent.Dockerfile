# The agent for the computer that runs the container. In the root of the sources:
#   docker build -f packaging/docker/muster-agent.Dockerfile -t muster-agent .
#   docker run --network host --uts host --pid host -v /proc:/host/proc:ro -v /sys:/host/sys:ro \
#     -v /:/host/root:ro,rslave -v muster-agent:/data muster-agent
# With the host's network the agent sees the computer's interfaces, and the server can reach its address.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates/ crates/
COPY packaging/systemd/ packaging/systemd/
RUN cargo build --release --locked -p muster-agent && mkdir -p /empty

# Only the C library and a user: no shell, no package manager.
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
