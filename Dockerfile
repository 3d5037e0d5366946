# The app and everything that it prints with. docs/operations.md says how to run it, docs/decisions/container-image.md
# why the last stage is Debian.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
# The analysers have had their say in ./rms test.
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish web/Rms.Web.csproj -c Release -o /app -p:RunAnalyzers=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS dotnet

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates chromium fonts-noto-cjk fonts-noto-core libicu72 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/*
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet \
    && useradd --uid 10001 --user-group --create-home rms \
    && install -d -o rms -g rms -m 700 /data
COPY --from=build /app /app

# RMS_DATA holds the file that guards the keys unless RMS_KEY_CERT names a certificate: it must outlive the container.
ENV RMS_BIND=0.0.0.0 \
    RMS_PORT=5080 \
    RMS_DEMO=0 \
    RMS_DATA=/data \
    DOTNET_EnableDiagnostics=0
VOLUME /data
WORKDIR /app
USER rms
EXPOSE 5080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$RMS_PORT && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["dotnet", "Rms.Web.dll"]
