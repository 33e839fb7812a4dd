# Images of bff-web (the default), bff-mobile and, for trying, bff-mock:
#
#     docker build -t bff-web .
#     docker build -t bff-mobile --target mobile .
#
# docs/deploying.md has how to run them.

# Any Debian 12.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        gcc libc6-dev cmake ninja-build pkg-config \
        libh2o-evloop-dev libyajl-dev libssl-dev libyaml-dev libhiredis-dev libjwt-dev \
        zlib1g-dev libbrotli-dev
WORKDIR /src
COPY . .
RUN cmake --preset release \
    && cmake --build --preset release --target bff-web bff-mobile bff-mock \
    && strip build/bff-web build/bff-mobile build/bff-mock

FROM ${BASE} AS runtime
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libbrotli1 libh2o-evloop0.13 libhiredis0.14 libjwt0 libssl3 libyajl2 \
        libyaml-0-2 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /tmp/*
STOPSIGNAL SIGTERM
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532

FROM runtime AS mock
COPY fixtures/data /usr/local/share/bff/data
COPY fixtures/scenarios /usr/local/share/bff/scenarios
COPY --from=build /src/build/bff-mock /usr/local/bin/
EXPOSE 3000-3006
ENTRYPOINT ["/usr/local/bin/bff-mock", "--host", "0.0.0.0", "--data", "/usr/local/share/bff/data"]

FROM runtime AS mobile
COPY composites/mobile/mobile.yaml /etc/bff/
COPY --from=build /src/build/bff-mobile /usr/local/bin/
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["/usr/local/bin/bff-mobile", "--config", "/etc/bff/mobile.yaml", "--probe"]
ENTRYPOINT ["/usr/local/bin/bff-mobile", "--config", "/etc/bff/mobile.yaml"]

FROM runtime AS web
COPY composites/web/web.yaml /etc/bff/
COPY --from=build /src/build/bff-web /usr/local/bin/
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["/usr/local/bin/bff-web", "--config", "/etc/bff/web.yaml", "--probe"]
ENTRYPOINT ["/usr/local/bin/bff-web", "--config", "/etc/bff/web.yaml"]
