"""What nginx's configuration may say, where, and with how many words.

Upstream: nginx.org/en/docs/dirindex.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from podlab.embedded.runtime.servers.nginx.configuration.grammar import Known

MAIN, EVENTS, HTTP, SERVER, LOCATION, UPSTREAM, IF, STREAM = "mehslufS"
"""Contexts by their letters."""
MANY = 64

_ROWS = """
user m 1 2 !|worker_processes m 1 1|error_log mhslS 1 2|pid m 1 1|daemon m 1 1 flag|worker_rlimit_nofile m 1 1 number
env m 1 1|load_module m 1 1|master_process m 1 1 flag|pcre_jit m 1 1 flag|worker_priority m 1 1
worker_shutdown_timeout m 1 1 time|events m 0 0 {|http m 0 0 {|stream m 0 0 {|mail m 0 0 {
worker_connections e 1 1 number|use e 1 1|multi_accept e 1 1 flag|accept_mutex e 1 1 flag|include mehsluS 1 1
server h 0 0 {|upstream h 1 1 {|map h 2 2 {|geo h 1 2 {|types hsl 0 0 {|split_clients h 2 2 {|limit_except l 1 64 {
log_format h 2 64|limit_req_zone h 3 4|limit_conn_zone h 2 2|proxy_cache_path h 2 64
server_names_hash_bucket_size h 1 1 number|server_names_hash_max_size h 1 1 number|types_hash_max_size hsl 1 1 number
types_hash_bucket_size hsl 1 1 number|map_hash_bucket_size h 1 1 number|listen s 1 64|server_name s 1 64
location sl 1 2 {|if sl 1 64 {|rewrite slf 2 3|set slf 2 2|break slf 0 0|return slf 1 2|root hslf 1 1|alias l 1 1
index hsl 1 64|try_files sl 2 64|error_page hslf 2 64|internal l 0 0|default_type hsl 1 1|access_log hslf 1 64
autoindex hsl 1 1 flag|autoindex_exact_size hsl 1 1 flag|autoindex_localtime hsl 1 1 flag|add_header hslf 2 3
expires hslf 1 2|etag hsl 1 1 flag|sendfile hslf 1 1 flag|tcp_nopush hsl 1 1 flag|tcp_nodelay hsl 1 1 flag
keepalive_timeout hsl 1 2 time|keepalive_requests hsl 1 1 number|client_max_body_size hsl 1 1 size
client_body_buffer_size hsl 1 1 size|client_body_timeout hsl 1 1 time|client_header_timeout hs 1 1 time
client_header_buffer_size hs 1 1 size|send_timeout hsl 1 1 time|large_client_header_buffers hs 2 2
reset_timedout_connection hsl 1 1 flag|server_tokens hsl 1 1|charset hslf 1 1|gzip hslf 1 1 flag|gzip_types hsl 1 64
gzip_vary hsl 1 1 flag|gzip_proxied hsl 1 64|gzip_comp_level hsl 1 1 number|gzip_static hsl 1 1
gzip_min_length hsl 1 1 size|gzip_disable hsl 1 64|gzip_buffers hsl 2 2|gzip_http_version hsl 1 1|allow hsl 1 1
deny hsl 1 1|satisfy hsl 1 1|auth_basic hsl 1 1|auth_basic_user_file hsl 1 1|stub_status sl 0 1|proxy_pass lf 1 1
proxy_set_header hsl 2 2|proxy_http_version hsl 1 1|proxy_connect_timeout hsl 1 1 time|proxy_read_timeout hsl 1 1 time
proxy_send_timeout hsl 1 1 time|proxy_buffering hsl 1 1 flag|proxy_buffers hsl 2 2|proxy_buffer_size hsl 1 1 size
proxy_busy_buffers_size hsl 1 1|proxy_redirect hsl 1 2|proxy_cache hsl 1 1|proxy_hide_header hsl 1 1
proxy_pass_header hsl 1 1|proxy_ssl_verify hsl 1 1 flag|proxy_ssl_server_name hsl 1 1 flag|proxy_cache_valid hsl 1 64
proxy_cache_bypass hsl 1 64|proxy_next_upstream hsl 1 64|proxy_request_buffering hsl 1 1 flag
proxy_intercept_errors hsl 1 1 flag|proxy_ignore_headers hsl 1 64|proxy_set_body hsl 1 1|proxy_method hsl 1 1
fastcgi_pass lf 1 1|fastcgi_param hsl 2 3|fastcgi_index hsl 1 1|fastcgi_split_path_info l 1 1|uwsgi_pass lf 1 1
limit_req hsl 1 3|limit_conn hsl 2 2|limit_rate hslf 1 1|resolver hsl 1 64|resolver_timeout hsl 1 1 time
ssl hs 1 1 flag|ssl_certificate hs 1 1|ssl_certificate_key hs 1 1|ssl_protocols hs 1 64|ssl_ciphers hs 1 1
ssl_session_cache hs 1 2|ssl_session_timeout hs 1 1 time|ssl_prefer_server_ciphers hs 1 1 flag
ssl_session_tickets hs 1 1 flag|ssl_dhparam hs 1 1|http2 hs 1 1|real_ip_header hsl 1 1|set_real_ip_from hsl 1 1
real_ip_recursive hsl 1 1 flag|sub_filter hsl 2 2|sub_filter_once hsl 1 1 flag|port_in_redirect hsl 1 1 flag
absolute_redirect hsl 1 1 flag|server_name_in_redirect hsl 1 1 flag|log_not_found hsl 1 1 flag
log_subrequest hsl 1 1 flag|merge_slashes hs 1 1 flag|recursive_error_pages hsl 1 1 flag|msie_padding hsl 1 1 flag
open_file_cache hsl 1 2|open_file_cache_valid hsl 1 1|open_file_cache_min_uses hsl 1 1 number
open_file_cache_errors hsl 1 1 flag|ignore_invalid_headers hs 1 1 flag|underscores_in_headers hs 1 1 flag
variables_hash_max_size h 1 1 number|if_modified_since hsl 1 1|client_body_temp_path hsl 1 4|proxy_temp_path hsl 1 4
fastcgi_temp_path hsl 1 4|uwsgi_temp_path hsl 1 4|scgi_temp_path hsl 1 4|ssi hslf 1 1 flag|dav_methods hsl 1 64
mirror hsl 1 1|aio hsl 1 1|directio hsl 1 1|auth_request hsl 1 1|autoindex_format hsl 1 1|sub_filter_types hsl 1 64
charset_types hsl 1 64|chunked_transfer_encoding hsl 1 1 flag|proxy_cache_key hsl 1 1|proxy_store hsl 1 1
proxy_bind hsl 1 2|proxy_cookie_path hsl 1 2|proxy_cookie_domain hsl 1 2|proxy_max_temp_file_size hsl 1 1 size
proxy_next_upstream_tries hsl 1 1 number|proxy_next_upstream_timeout hsl 1 1 time|limit_req_status hsl 1 1
limit_req_log_level hsl 1 1|limit_req_dry_run hsl 1 1 flag|limit_conn_log_level hsl 1 1|limit_conn_dry_run hsl 1 1 flag
limit_conn_status hsl 1 1|limit_rate_after hslf 1 1 size|auth_request_set hsl 2 2|grpc_pass lf 1 1|scgi_pass lf 1 1
memcached_pass lf 1 1|uninitialized_variable_warn hslf 1 1 flag|rewrite_log hslf 1 1 flag|lingering_close hsl 1 1
max_ranges hsl 1 1 number|disable_symlinks hsl 1 2|empty_gif l 0 0|valid_referers sl 1 64|gunzip hsl 1 1 flag
proxy_pass_request_headers hsl 1 1 flag|proxy_pass_request_body hsl 1 1 flag|proxy_ignore_client_abort hsl 1 1 flag
proxy_ssl_name hsl 1 1|proxy_ssl_protocols hsl 1 64|proxy_ssl_certificate hsl 1 1|proxy_ssl_certificate_key hsl 1 1
proxy_ssl_trusted_certificate hsl 1 1|ssl_client_certificate hs 1 1|ssl_verify_client hs 1 1
ssl_trusted_certificate hs 1 1|ssl_stapling hs 1 1 flag|ssl_stapling_verify hs 1 1 flag|ssl_ecdh_curve hs 1 1
ssl_buffer_size hs 1 1 size|least_conn u 0 0|ip_hash u 0 0|hash u 1 2|keepalive u 1 1|zone u 1 2|random u 0 2
"""


def _table() -> Mapping[str, Known]:
    rows = [row.split() for line in _ROWS.splitlines() for row in line.split("|") if row]
    return MappingProxyType({row[0]: _known(row) for row in rows})


def _known(row: list[str]) -> Known:
    name, contexts, least, most = row[:4]
    mark = row[4] if len(row) > 4 else ""
    kind = "" if mark in ("{", "!") else mark
    once = (
        name in ("events", "http")
        or (most == "1" and least == "1" and mark != "{" and name not in MANY_TIMES)
        or mark == "!"
    )
    return Known(contexts, int(least), int(most), mark == "{", kind, not once)


MANY_TIMES = frozenset(
    [
        "allow", "deny", "include", "env", "load_module", "access_log", "add_header", "index", "server_name", "listen",
        "location", "server", "set_real_ip_from", "error_log", "proxy_hide_header", "proxy_pass_header", "auth_request",
        "proxy_cache_bypass", "mirror", "fastcgi_hide_header", "limit_req",
    ]
)  # fmt: skip
"""Those with one argument that a block may have again and again."""
DIRECTIVES = _table()
"""By name."""
UPSTREAM_SERVER = Known(UPSTREAM, 1, 64)
INNER: Mapping[str, str] = MappingProxyType(
    {
        "events": EVENTS,
        "http": HTTP,
        "server": SERVER,
        "location": LOCATION,
        "upstream": UPSTREAM,
        "if": IF,
        "limit_except": LOCATION,
    }
)
"""The context that a block opens."""
FREE = ("types", "map", "geo", "split_clients", "stream", "mail")
"""Blocks whose lines are no directives of this table."""
