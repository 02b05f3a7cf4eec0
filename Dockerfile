# docker build -t coffer .
# What it makes runs with a read-only root file system and without root: see compose.yaml, deploy/kubernetes and docs/operate.md.

# Both stages must be of one Node and one C library: the SQLite driver is compiled in the first and run in the second.
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
# Node's headers are in the image, and Prisma would download an engine that Coffer does not use.
RUN npm_config_nodedir=/usr/local \
  PRISMA_SCHEMA_ENGINE_BINARY=/usr/local/bin/node \
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
  npm ci --include=dev --no-audit --no-fund
COPY next.config.js postcss.config.mjs prisma.config.ts instrumentation.ts server.ts tsconfig.json LICENSE ./
COPY app app
COPY components components
COPY deploy/runtime deploy/runtime
COPY lib lib
COPY prisma prisma
COPY scripts scripts
RUN node scripts/assemble.mjs /coffer

FROM ${NODE}
LABEL org.opencontainers.image.title="Coffer" \
  org.opencontainers.image.description="A self-hosted secrets vault: write-once secrets, and a resolver that expands references to them." \
  org.opencontainers.image.licenses="Apache-2.0"
# Nothing is installed or built here any more.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn-* \
  /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && ln -s /coffer/coffer.mjs /usr/local/bin/coffer \
  && install -d -o 10001 -g 10001 -m 0700 /var/lib/coffer
# Owned by root: the process can't change its own program.
COPY --from=build /coffer /coffer
ENV NODE_ENV=production \
  NEXT_TELEMETRY_DISABLED=1 \
  HOST=0.0.0.0 \
  PORT=3000
# The folder of `data/coffer.db`, and of `.env` where Coffer makes the key itself. Nothing else is written.
WORKDIR /var/lib/coffer
VOLUME /var/lib/coffer
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "/coffer/health.mjs"]
CMD ["node", "--enable-source-maps", "/coffer/dist/server.js"]
