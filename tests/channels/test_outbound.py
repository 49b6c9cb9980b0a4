"""The way out to addresses that people typed (P20, B17, B46): what is never asked, and what is cut short."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib

import pytest

from channels.outbound import Reach, Refused, Unreachable, fetch, look_up
from foundation.addresses import is_public
from tests.channels.web import moved, page, web

TITLE = b"<html><title>Ledig stilling</title></html>"


def refusal(url: str, **how) -> str:
    with pytest.raises(Refused) as caught:
        fetch(url, **how)
    assert str(caught.value) == caught.value.code, "the address is not repeated"
    return caught.value.code


def failure(url: str, **how) -> str:
    with pytest.raises(Unreachable) as caught:
        fetch(url, **how)
    return caught.value.code


def nobody(host: str, port: int) -> list[str]:
    raise socket.gaierror("no such name")


class TestAnAddressThatLeadsInward:
    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "127.1",
            "0.0.0.0",  # noqa: S104 (asked for, not listened on)
            "0",
            "2130706433",  # decimal
            "017700000001",  # octal
            "0177.0.0.1",
            "0x7f000001",  # hexadecimal
            "0x7f.0.0.1",
            "127\u30020\u30020\u30021",  # ideographic full stops
            "\uff11\uff12\uff17.0.0.1",  # full-width figures
            "localhost",
            "LOCALHOST",
            "10.0.0.8",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:7f00:1::]",
            "[2001:0:5ef5:79fd::]",
            "[fe80::1]",
            "[fc00::1]",
            "[ff02::1]",
        ],
    )
    def test_b17_is_refused_in_whatever_form_it_is_written(self, host):
        assert refusal(f"http://{host}/") in {"inward", "malformed"}
        assert refusal(f"https://{host}/") in {"inward", "malformed"}

    def test_b17_is_refused_when_a_name_leads_there(self):
        with web(start=page(TITLE)) as site:
            reach = Reach(ports=frozenset({site.port}), look_up=lambda host, port: ["127.0.0.1"])

            assert refusal(site.url(), reach=reach) == "inward"
            assert site.requests == []

    def test_b17_is_refused_when_one_of_several_addresses_leads_there(self):
        reach = Reach(look_up=lambda host, port: ["93.184.215.14", "10.0.0.1"])

        assert refusal("https://nettsted.example/", reach=reach) == "inward"

    def test_b17_is_refused_when_a_redirect_leads_there(self):
        with web(start=moved("http://169.254.169.254/latest/meta-data/"), inner=page(b"hemmelig")) as site:
            names = {"nettsted.example": ["127.0.0.1"]}
            reach = site.reach(look_up=lambda host, port: names.get(host, [host]), ports=frozenset({site.port, 80}))

            assert refusal(site.url(), reach=reach) == "inward"
            assert len(site.requests) == 1

    def test_b17_is_refused_when_the_name_leads_elsewhere_the_second_time(self):
        """DNS rebinding between two hops: the second look-up is checked like the first."""
        answers = iter([["127.0.0.1"], ["10.0.0.1"]])
        with web(start=moved("/videre"), videre=page(b"hemmelig")) as site:
            assert refusal(site.url(), reach=site.reach(look_up=lambda host, port: next(answers))) == "inward"
            assert len(site.requests) == 1

    def test_p20_is_never_looked_up_again_between_the_check_and_the_connection(self):
        """DNS rebinding within a hop: the connection goes to the address that was checked."""
        asked = []

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        with web(start=page(TITLE)) as site:
            assert fetch(site.url(), reach=site.reach(look_up=rebinding)).body == TITLE
            assert asked == ["nettsted.example"]
            assert f"Host: nettsted.example:{site.port}" in site.requests[0]

    @pytest.mark.parametrize(
        "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
    )
    def test_is_told_from_one_out_in_the_world(self, address):
        assert is_public(address)

    @pytest.mark.parametrize("address", ["", "nettsted.example", "1.2.3", "fe80::1%eth0", "64:ff9b:1::1", "240.0.0.1"])
    def test_is_assumed_of_what_cannot_be_read(self, address):
        assert not is_public(address)


class TestAnAddressThatIsNoPlainOne:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("ftp://nettsted.example/", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme"),
            ("javascript:alert(1)", "scheme"),
            ("//nettsted.example/", "scheme"),
            ("", "malformed"),
            ("http://", "malformed"),
            ("http://nettsted.example:0x50/", "malformed"),
            ("http://nettsted..example/", "malformed"),
            ("http://nettsted.example\\@127.0.0.1/", "malformed"),
            ("http://nettsted.example/a\r\nHost: evil.example", "malformed"),
            ("http://nettsted.example/\0", "malformed"),
            ("http://kari:passord@nettsted.example/", "userinfo"),
            ("http://@nettsted.example/", "userinfo"),
            ("http://nettsted.example:22/", "port"),
            ("http://nettsted.example:6379/", "port"),
            ("http://nettsted.example:0/", "port"),
            ("https://nettsted.example/" + "x" * 3000, "malformed"),
        ],
    )
    def test_b17_is_refused_before_anything_is_looked_up(self, url, code):
        def look_up(host: str, port: int) -> list[str]:
            raise AssertionError("looked up")

        assert refusal(url, reach=Reach(look_up=look_up)) == code

    def test_p20_is_held_to_a_list_of_hosts_on_every_hop(self):
        with web(start=moved("http://annet.example/"), side=page(TITLE)) as site:
            reach = site.reach(ports=frozenset({site.port, 80}))

            assert (
                refusal(site.url("/side", host="fremmed.example"), hosts=["nettsted.example"], reach=reach)
                == "not_listed"
            )
            assert refusal(site.url(), hosts=["nettsted.example"], reach=reach) == "not_listed"
            assert fetch(site.url("/side", host="www.nettsted.example"), hosts=["nettsted.example"], reach=reach)
            assert len(site.requests) == 2


class TestARedirect:
    def test_is_followed_three_times_and_no_further(self):
        with web(start=moved("/a"), a=moved("/b", "301 Moved"), b=moved("/c", "307 Again"), c=page(TITLE)) as site:
            found = fetch(site.url(), reach=site.reach())
            site.answers["/lang"] = moved("/")
            too_far = refusal(site.url("/lang"), reach=site.reach())

        assert (found.url, found.status, found.body) == (site.url("/c"), 200, TITLE)
        assert too_far == "too_many_redirects"

    @pytest.mark.parametrize(
        ("target", "code"),
        [
            ("file:///etc/passwd", "scheme"),
            ("http://kari@nettsted.example/", "userinfo"),
            ("http://[::1/", "malformed"),
            ("http://nettsted.example:25/", "port"),
        ],
    )
    def test_is_checked_like_the_first_address(self, target, code):
        with web(start=moved(target)) as site:
            assert refusal(site.url(), reach=site.reach()) == code

    def test_may_have_letters_that_are_not_ascii(self):
        with web(start=moved("/stilling/s\xf8knad"), **{"stilling/s%F8knad": page(TITLE)}) as site:
            assert fetch(site.url(), reach=site.reach()).body == TITLE


class TestWhatIsSent:
    def test_p20_carries_nothing_of_ours(self, monkeypatch, tmp_path):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine nettsted.example login kari password hemmelig\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        with web(start=page(b"", status="302 Found", Location="/videre", Set_Cookie="spor=1")) as site:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, "http://127.0.0.1:9/")
            site.answers["/videre"] = page(TITLE)
            fetch(site.url(), reach=site.reach())

        sent = "\n".join(site.requests).lower()
        assert "cookie" not in sent
        assert "authorization" not in sent
        assert "referer" not in sent
        assert len(site.requests) == 2


class TestAnAnswerThatIsTooMuch:
    def test_p20_one_byte_a_second_ends_at_the_deadline(self):
        def drip(sock: socket.socket) -> None:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                sock.sendall(b"x")
                time.sleep(0.05)

        def drip_headers(sock: socket.socket) -> None:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                sock.sendall(bytes([byte]))
                time.sleep(0.05)

        with web(start=drip, headers=drip_headers) as site:
            for path in ("/", "/headers"):
                began = time.monotonic()
                assert failure(site.url(path), reach=site.reach(), deadline_s=0.5) == "too_slow"
                assert 0.4 < time.monotonic() - began < 2

    def test_p20_a_name_that_is_looked_up_slowly_ends_at_the_deadline(self):
        is_over = threading.Event()

        def slow(host: str, port: int) -> list[str]:
            is_over.wait(10)
            return ["93.184.215.14"]

        began = time.monotonic()
        assert failure("https://nettsted.example/", reach=Reach(look_up=slow), deadline_s=0.3) == "too_slow"
        is_over.set()
        assert time.monotonic() - began < 2

    def test_p20_redirects_share_one_deadline(self):
        def slowly(sock: socket.socket) -> None:
            time.sleep(0.3)
            sock.sendall(moved("/"))

        with web(start=slowly) as site:
            began = time.monotonic()
            assert failure(site.url(), reach=site.reach(), deadline_s=0.5) == "too_slow"
            assert time.monotonic() - began < 1.5

    def test_p20_b18_a_large_body_is_not_read_to_its_end(self):
        with web(start=page(b"x" * 3_000_000)) as site:
            assert failure(site.url(), reach=site.reach(), max_bytes=100_000) == "too_large"

    @pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
    def test_p20_b18_a_body_that_unpacks_to_much_more_is_stopped(self, pack):
        bomb = pack(b"\0" * 50_000_000)
        encoding = "gzip" if pack is gzip.compress else "deflate"
        with web(start=page(bomb, Content_Encoding=encoding)) as site:
            assert len(bomb) < 100_000
            assert failure(site.url(), reach=site.reach(), max_bytes=100_000) == "too_large"

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
    def test_p20_b18_a_packing_that_was_not_asked_for_is_not_unpacked(self, encoding):
        with web(start=page(gzip.compress(gzip.compress(TITLE)), Content_Encoding=encoding)) as site:
            assert failure(site.url(), reach=site.reach()) == "unreadable"

    def test_a_small_packed_body_is_unpacked(self):
        with web(start=page(gzip.compress(TITLE), Content_Encoding="gzip")) as site:
            assert fetch(site.url(), reach=site.reach()).body == TITLE


class TestAnAnswerThatFails:
    def test_is_told_apart_by_its_cause(self, tmp_path):
        with web(start=b"SSH-2.0-OpenSSH_9.6\r\n\r\n", packed=page(b"no gzip", Content_Encoding="gzip")) as site:
            assert failure(site.url(), reach=site.reach()) == "unreadable"
            assert failure(site.url("/packed"), reach=site.reach()) == "unreadable"
        assert failure(site.url(), reach=site.reach()) == "no_connection"
        assert failure("https://finnes-ikke.invalid/", reach=Reach(look_up=nobody)) == "unknown_name"

    def test_a_certificate_of_somebody_else_is_refused(self, certificate):
        """The connection goes to a checked address, and the name is still what the certificate must carry."""
        with secure_server(certificate) as port:
            how = {
                "ports": frozenset({port}),
                "is_allowed": lambda a: True,
                "look_up": lambda host, port: ["127.0.0.1"],
            }
            trusting = Reach(**how, ca_file=certificate)

            assert fetch(f"https://nettsted.example:{port}/", reach=trusting).body == TITLE
            assert failure(f"https://annet.example:{port}/", reach=trusting) == "insecure"
            assert failure(f"https://nettsted.example:{port}/", reach=Reach(**how)) == "insecure"


def test_looking_up_gives_each_address_once():
    assert look_up("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> str:
    """A key and a certificate for nettsted.example in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nettsted.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("nettsted.example")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(pem))
    return str(path)


class secure_server:  # noqa: N801
    """A server that speaks TLS with one certificate and answers everybody alike."""

    def __init__(self, certificate: str) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)

    def __enter__(self) -> int:
        self.listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self.listening.getsockname()[1]

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listening.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(plain, server_side=True) as sock:
                    sock.recv(65536)
                    sock.sendall(page(TITLE))
            except OSError:
                plain.close()

    def __exit__(self, *_: object) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
