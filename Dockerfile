# One image for every role: `docker run IMAGE start --role scheduler | http | browser | api`.
# It holds Chromium but neither Redis nor a database: give REDIS_URL and MONGODB_URI.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates chromium-headless-shell tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 700 /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin/newsgather ./bin/newsgather
COPY config/topics.yaml config/editorial.yaml ./config/
COPY config/gazetteer/gazetteer.br ./config/gazetteer/gazetteer.br
COPY ATTRIBUTION.md LICENSE ./
COPY config/sources ./config/sources
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 NEWSGATHER_DATA_DIR=/data
VOLUME /data
USER node
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s \
  CMD ["node", "bin/newsgather", "status", "--json"]
ENTRYPOINT ["/usr/bin/tini", "--", "node", "bin/newsgather"]
CMD ["start"]
