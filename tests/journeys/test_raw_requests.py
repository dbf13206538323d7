"""Requests that no browser sends, to the server itself: headers too long or too many, bodies that never end."""

import socket
import time

from tests.processes import Up

PATIENCE = 20


def answer_to(genka: Up, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", genka.port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return connection.recv(200)


def get(genka: Up, *headers: str) -> bytes:
    lines = ["GET /accounts/login/ HTTP/1.1", f"Host: localhost:{genka.port}", "Connection: close", *headers]
    return answer_to(genka, "\r\n".join([*lines, "", ""]).encode())


def test_a_header_of_nine_thousand_bytes_is_refused(genka: Up) -> None:
    assert get(genka).startswith(b"HTTP/1.1 200")
    assert get(genka, "X-Long: " + "x" * 7_000).startswith(b"HTTP/1.1 200")
    assert get(genka, "X-Long: " + "x" * 9_000).startswith(b"HTTP/1.1 4")


def test_more_than_a_hundred_headers_are_refused(genka: Up) -> None:
    assert get(genka, *["X-Again: 1"] * 50).startswith(b"HTTP/1.1 200")
    assert get(genka, *["X-Again: 1"] * 150).startswith(b"HTTP/1.1 4")


def test_a_forged_host_is_refused(genka: Up) -> None:
    request = b"GET /accounts/login/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"

    assert answer_to(genka, request).startswith(b"HTTP/1.1 400")


def test_bodies_that_never_end_do_not_keep_others_waiting(genka: Up) -> None:
    """Three of the eight threads wait for them; a proxy in front, as the manual asks for, keeps all of them away."""
    slow = [socket.create_connection(("127.0.0.1", genka.port), timeout=PATIENCE) for _one in range(3)]
    try:
        for connection in slow:
            connection.sendall(
                f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost:{genka.port}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=".encode()
            )
        time.sleep(0.5)
        assert get(genka).startswith(b"HTTP/1.1 200")
    finally:
        for connection in slow:
            connection.close()
    assert get(genka).startswith(b"HTTP/1.1 200")
