"""The HTTP server: bytes arrive as they were sent, connections behave, stops are clean."""

import asyncio
import contextlib
import gc
import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from support.patience import PATIENCE
from support.ports import free_ports
from support.sim_toy import KEY, PASSPHRASE, SECRET, ToyVenue

from exchangekit.sim import SimulatedVenue, run_venues, serve
from exchangekit.sim.run import make_venue
from exchangekit.sim.server import PortTaken, Server, run


def connect(venue):
    host, port = venue.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def receive(connection, enough):
    data = b""
    while enough not in data:
        piece = connection.recv(65536)
        assert piece, data
        data += piece
    return data


def test_target_headers_and_body_reach_the_dialect_untouched(venue):
    with connect(venue) as connection:
        connection.sendall(
            b"POST /echo?b=%7e&a=1&a=(x)+y%20z&=&q=[%22B%22]&& HTTP/1.1\r\nHost: x\r\n"
            b"X-mIxEd-CaSe: v1\r\nx-dup: 1\r\nX-DUP: 2\r\nContent-Length: 5\r\n"
            b"Connection: close\r\n\r\n\x00\xff\xfe {"
        )
        answer = receive(connection, b"}")
    echo = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert echo["query"] == "b=%7e&a=1&a=(x)+y%20z&=&q=[%22B%22]&&"
    assert echo["body"] == b"\x00\xff\xfe {".decode("latin-1")
    assert ["X-mIxEd-CaSe", "v1"] in echo["headers"]
    assert [pair for pair in echo["headers"] if pair[0].lower() == "x-dup"] == [
        ["x-dup", "1"],
        ["X-DUP", "2"],
    ]


def test_one_connection_carries_many_requests_also_ahead_of_their_answers(venue):
    with connect(venue) as connection:
        connection.sendall(b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        data = b""
        while data.count(b'{"now":') < 3:
            data += connection.recv(65536)
    assert data.count(b"HTTP/1.1 200 OK") == 3


def test_chunked_bodies_and_expectations_are_understood(venue):
    with connect(venue) as connection:
        connection.sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert receive(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.sendall(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        assert b'"body":"abcde"' in receive(connection, b"}")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not http\r\n\r\n", b"400"),
        (b"GET /time HTTP/1.1\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 5_000_000,
         b"413"),
    ],
)  # fmt: skip
def test_what_no_venue_would_read_is_refused(venue, data, status):
    with connect(venue) as connection:
        sender = threading.Thread(target=_send, args=(connection, data))
        sender.start()
        assert connection.recv(65536).startswith(b"HTTP/1.1 " + status)
        sender.join()
    assert httpx.get(venue.url + "/time", timeout=PATIENCE).status_code == 200


def _send(connection, data):
    try:
        connection.sendall(data)
    except OSError:
        return


def test_a_client_that_leaves_in_the_middle_harms_nobody(venue):
    for data in (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc",
        b"GET /ti",
        b"",
    ):
        with connect(venue) as connection:
            connection.sendall(data)
    assert httpx.get(venue.url + "/time", timeout=PATIENCE).status_code == 200


def test_a_bug_in_a_dialect_is_the_venues_internal_error_and_logged(venue, client, caplog):
    answer = client.http.get("/crash")
    assert (answer.status_code, answer.json()) == (500, {"code": "trouble-error"})
    assert "toy: crash failed" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "code", "allowed"),
    [("GET", "/nowhere", "no-path", "refused"), ("PUT", "/order", "no-method", "DELETE,GET,POST")],
)
def test_the_dialect_says_what_is_not_there(client, method, path, code, allowed):
    answer = client.http.request(method, path)
    assert (answer.json()["code"], answer.json()["message"]) == (code, allowed)


def test_many_clients_at_once_are_all_answered(venue):
    results = []

    def work():
        with httpx.Client(base_url=venue.url, timeout=PATIENCE) as http:
            results.extend(http.get("/book/BTC-USDT").status_code for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 40


def test_a_venue_stops_although_a_client_stays_and_leaves_nothing_open():
    with contextlib.ExitStack() as held:
        with SimulatedVenue(ToyVenue) as venue:
            assert httpx.get(venue.url + "/time", timeout=PATIENCE).status_code == 200
            idle = held.enter_context(connect(venue))
            idle.sendall(b"GET /time HTTP/1.1\r\nHost: x\r\n\r\n")
            receive(idle, b"}")  # the venue has taken it: one still waiting for that is reset
        assert idle.recv(1) == b"", "the venue has hung up, not the client"
    assert not [t for t in threading.enumerate() if t.name == "sim-toy"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(venue.url + "/time", timeout=PATIENCE)
    gc.collect()  # an unclosed socket would be an error here


def test_a_venue_whose_loop_dies_says_so_and_keeps_no_client_waiting(caplog):
    def fail():
        raise SystemExit("as no exception would")  # a loop outlives those

    venue = SimulatedVenue(ToyVenue).start()
    venue._loop.call_soon_threadsafe(fail)
    venue._thread.join()
    with pytest.raises(ConnectionRefusedError):
        connect(venue)
    with pytest.raises(SystemExit):
        venue.stop()
    venue.stop()
    assert "the simulated toy died" in caplog.text
    gc.collect()  # as above


@pytest.mark.parametrize("rounds", range(6))
def test_a_connection_taken_just_before_the_stop_is_closed_too(rounds):
    async def main():
        server = Server(make_venue(ToyVenue))
        await server.start()
        with socket.create_connection((server.host, server.port), timeout=PATIENCE) as connection:
            for _ in range(rounds):
                await asyncio.sleep(0)
            await server.stop()
            try:
                assert connection.recv(1) == b""
            except ConnectionResetError:
                return

    run(main())
    gc.collect()  # as above


def test_a_venue_lists_only_the_pairs_that_it_is_asked_to():
    pairs = [("BTC", "USDT"), ("ETH", "BTC"), ("NO", "SUCH")]
    with SimulatedVenue(ToyVenue, pairs=pairs) as venue:
        assert httpx.get(venue.url + "/book/BTC-USDT", timeout=PATIENCE).status_code == 200
        assert set(venue.venue.instruments) == {"BTC-USDT", "ETH-BTC"}


def test_several_venues_run_side_by_side_with_the_same_key():
    class Second(ToyVenue):
        venue = "second"

    with run_venues([ToyVenue, Second], key="k", secret="s") as venues:
        assert set(venues) == {"toy", "second"}
        assert venues["toy"].url != venues["second"].url
        venues["toy"].control.deposit("main", "USDT", "1")
        assert venues["second"].control.balances()["main"]["USDT"]["free"] == "1000000"


def test_a_taken_port_is_one_plain_sentence(capsys):
    with SimulatedVenue(ToyVenue) as venue:
        port = int(venue.url.rpartition(":")[2])
        with pytest.raises(PortTaken):
            SimulatedVenue(ToyVenue, port=port).start()
        assert serve([ToyVenue], key="k", secret="s", passphrase=None, seed=1, port=port) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert f"port {port} on 127.0.0.1 is not free for the simulated venue toy" in printed.err


def test_a_port_that_does_not_exist_is_one_plain_sentence(capsys):
    assert serve([ToyVenue], port=70_000) == 2
    assert capsys.readouterr().err.count("\n") == 1


PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from support.sim_toy import ToyVenue
from exchangekit.sim import serve
class Second(ToyVenue):
    venue = "second"
sys.exit(serve([ToyVenue, Second], key={KEY!r}, secret={SECRET!r}, passphrase={PASSPHRASE!r},
               seed=7, port=int(sys.argv[1])))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_runner_prints_a_line_a_venue_and_stops_cleanly(name):
    port = free_ports(2)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert lines == [
            {"venue": "toy", "url": f"http://127.0.0.1:{port}"},
            {"venue": "second", "url": f"http://127.0.0.1:{port + 1}"},
        ]
        # A connection kept open does not hold the runner up.
        with httpx.Client(timeout=PATIENCE) as http:
            assert http.get(lines[0]["url"] + "/time").status_code == 200
            process.send_signal(getattr(signal, name))
            out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, out, err) == (0, "", "")
