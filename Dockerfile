# docker build --tag pushback .
# docker run --rm pushback compare
# docker run --rm --interactive pushback diagnose - < capture.pcapng
# docker run --rm --publish 127.0.0.1:2525:2525 --volume pushback:/data pushback serve --data /data --smtp 2525 --listen 0.0.0.0
FROM node:24-bookworm AS build
WORKDIR /source
COPY . .
RUN npx --yes pnpm@10.34.9 install --frozen-lockfile && npm run package npm

FROM node:24-bookworm-slim
COPY --from=build /source/out/packages/pushback-*.tgz /tmp/pushback.tgz
RUN npm install --global --omit=dev /tmp/pushback.tgz && rm /tmp/pushback.tgz && mkdir /data && chown node /data
USER node
WORKDIR /home/node
VOLUME /data
ENTRYPOINT ["pushback"]
CMD ["--help"]
