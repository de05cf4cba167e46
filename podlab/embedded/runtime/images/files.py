"""Files that images bring."""

from __future__ import annotations

from types import MappingProxyType

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

NGINX_CONF = b"""user  nginx;
worker_processes  auto;

events {
    worker_connections  1024;
}

http {
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    keepalive_timeout  65;
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
        "/etc/os-release": b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
        "/etc/debian_version": b"12.12\n",
        "/etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nnginx:x:101:101:nginx user:/nonexistent:/bin/false\n",
        "/etc/group": b"root:x:0:\nnginx:x:101:\n",
    }
)
BUSYBOX = MappingProxyType({"/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n"})
NGINX = MappingProxyType(
    {
        **DEBIAN,
        "/usr/share/nginx/html/index.html": WELCOME,
        "/usr/share/nginx/html/50x.html": b"<!DOCTYPE html>\n<html><head><title>Error</title></head></html>\n",
        "/etc/nginx/conf.d/default.conf": DEFAULT_CONF,
        "/etc/nginx/nginx.conf": NGINX_CONF,
        "/docker-entrypoint.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/20-envsubst-on-templates.sh": b"#!/bin/sh\n",
    }
)
