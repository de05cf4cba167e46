"""Images that exist in the real world, or may, while the simulated registry has none of them."""

from __future__ import annotations

import re

from podlab.embedded.runtime.images.registry import IMAGES

OFFICIAL = frozenset(
    """adminer aerospike almalinux amazoncorretto amazonlinux arangodb archlinux bash bonita buildpack-deps caddy
    cassandra centos chronograf cirros clojure composer consul convertigo couchbase couchdb crate dart docker drupal
    eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora flink fluentd friendica gcc geonetwork ghost
    golang gradle groovy haproxy haskell influxdb joomla jruby julia kapacitor kibana kong lightstreamer logstash
    mariadb matomo maven mediawiki mongo mongo-express monica nats neo4j neurodebian nextcloud odoo open-liberty
    openjdk oraclelinux orientdb percona photon php phpmyadmin plone pypy r-base rabbitmq rakudo-star redmine
    registry rethinkdb rocket.chat rockylinux ruby rust sapmachine scratch silverpeas solr sonarqube spark spiped
    storm swift swipl tarantool teamspeak telegraf tomcat tomee traefik unit varnish vault wordpress xwiki yourls
    zookeeper""".split()  # noqa: SIM905
)
"""Names of Docker Hub's official images. Upstream: docker-library/official-images library/"""
LIBRARY = "docker.io/library/"
RELEASE = re.compile(r"\d+\.([0-9]|[1-3][0-9])(\.\d+)?(-[a-z0-9.]+)*")
"""A tag that a release could have."""
RECORDED = frozenset(f"{LIBRARY}{name}" for name in ("nginx", "busybox"))
"""Whose missing tags were seen on a real cluster: all but a full version is a mistake."""
SIMULATED = frozenset(image.reference.rpartition(":")[0] for image in IMAGES)


def may_exist(reference: str) -> bool:
    """Whether a normalized reference that is not in the simulated registry may be in the real one."""
    repository, _, tag = reference.partition("@")[0].rpartition(":")
    if repository in RECORDED:
        return bool(re.fullmatch(r"1\.([5-9]|[1-3][0-9])\.\d+(-[a-z]+)*", tag))
    if repository in SIMULATED:
        return bool(RELEASE.fullmatch(tag))
    return not repository.startswith(LIBRARY) or repository.removeprefix(LIBRARY) in OFFICIAL


def explained(name: str) -> str:
    """What the Event about such an image says."""
    return (
        f'podlab does not simulate the image "{name}": it may well exist, but the embedded cluster pulls nothing from '
        "real registries (podlab's docs/embedded.md lists the images that it has)"
    )
