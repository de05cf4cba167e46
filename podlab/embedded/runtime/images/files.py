"""Files that images bring."""

from __future__ import annotations

from types import MappingProxyType

from podlab.embedded.runtime.images import accounts

WELCOME = b"""<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""

NGINX_CONF = b"""
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
"""
DEFAULT_CONF = b"""server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
"""

DEBIAN = MappingProxyType(
    {
        "/etc/os-release": b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'
        b'VERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
        b'HOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\n'
        b'BUG_REPORT_URL="https://bugs.debian.org/"\n',
        "/etc/issue": b"Debian GNU/Linux 12 \\n \\l\n\n",
        "/etc/issue.net": b"Debian GNU/Linux 12\n",
        "/etc/host.conf": b"multi on\n",
        "/etc/nsswitch.conf": b"passwd:         files\ngroup:          files\nshadow:         files\n\n"
        b"hosts:          files dns\nnetworks:       files\n",
        "/etc/debian_version": b"12.12\n",
        **accounts.DEBIAN,
    }
)
BUSYBOX = MappingProxyType(
    {"/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n", "/etc/nsswitch.conf": b"hosts: files dns\n"}
)
TYPES = (
    ("text/html", "html htm shtml"), ("text/css", "css"), ("text/xml", "xml"), ("image/gif", "gif"),
    ("image/jpeg", "jpeg jpg"), ("application/javascript", "js"), ("application/atom+xml", "atom"),
    ("application/rss+xml", "rss"), ("text/mathml", "mml"), ("text/plain", "txt"), ("image/avif", "avif"),
    ("image/png", "png"), ("image/svg+xml", "svg svgz"), ("image/tiff", "tif tiff"), ("image/webp", "webp"),
    ("image/x-icon", "ico"), ("image/x-ms-bmp", "bmp"), ("font/woff", "woff"), ("font/woff2", "woff2"),
    ("application/java-archive", "jar war ear"), ("application/json", "json"), ("application/msword", "doc"),
    ("application/pdf", "pdf"), ("application/postscript", "ps eps ai"), ("application/rtf", "rtf"),
    ("application/vnd.apple.mpegurl", "m3u8"), ("application/vnd.ms-excel", "xls"), ("application/wasm", "wasm"),
    ("application/vnd.ms-powerpoint", "ppt"), ("application/xhtml+xml", "xhtml"), ("application/zip", "zip"),
    ("application/x-7z-compressed", "7z"), ("application/x-perl", "pl pm"),
    ("application/x-x509-ca-cert", "der pem crt"),
    ("application/octet-stream", "bin exe dll"), ("application/octet-stream", "deb"),
    ("application/octet-stream", "iso img"), ("audio/mpeg", "mp3"), ("audio/ogg", "ogg"), ("video/mp4", "mp4"),
    ("video/mpeg", "mpeg mpg"), ("video/webm", "webm"), ("video/x-msvideo", "avi"),
)  # fmt: skip
"""Kinds of files by the ends of their names."""
NGINX = MappingProxyType(
    {
        **DEBIAN,
        "/usr/share/nginx/html/index.html": WELCOME,
        "/usr/share/nginx/html/50x.html": b"<!DOCTYPE html>\n<html><head><title>Error</title></head></html>\n",
        "/etc/nginx/conf.d/default.conf": DEFAULT_CONF,
        "/etc/nginx/nginx.conf": NGINX_CONF,
        "/etc/nginx/mime.types": b"types {\n"
        + b"".join(f"    {kind:40} {ends};\n".encode() for kind, ends in TYPES)
        + b"}\n",
        **dict.fromkeys((f"/etc/nginx/{name}_params" for name in ("fastcgi", "scgi", "uwsgi")), b""),
        "/docker-entrypoint.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/15-local-resolvers.envsh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/20-envsubst-on-templates.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/30-tune-worker-processes.sh": b"#!/bin/sh\n",
    }
)
NGINX_LINKS = MappingProxyType(
    {
        "/var/log/nginx/access.log": "/dev/stdout",
        "/var/log/nginx/error.log": "/dev/stderr",
        "/etc/nginx/modules": "/usr/lib/nginx/modules",
    }
)
"""Where its logs lead unless a volume takes their place."""
