# SPDX-License-Identifier: GPL-3.0-or-later
"""What many would write: FastAPI, uvicorn, httpx and asyncpg, one insert for each event, awaited before the client
is told. Speaks the same as Loquat's dialect "frames", as far as the benchmark looks. Settings come from the
environment: OPENAI_BASE_URL, OPENAI_MODEL, DATABASE_URL ("": nothing is stored), PORT."""
import asyncio
import json
import os
import time

import asyncpg
import httpx
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

SCHEMA = """
create table if not exists sessions (session_id text primary key, user_id text not null, start_time timestamptz);
create table if not exists session_events (
    id bigint generated always as identity primary key,
    session_id text not null references sessions on delete cascade,
    seq bigint not null, ts timestamptz not null default now(), event_type text not null, role text, content text,
    metadata jsonb not null default '{}', unique (session_id, seq));
create index if not exists session_events_by_time on session_events (session_id, ts);
"""

app = FastAPI()


class Session:
    def __init__(self, session_id):
        self.id = session_id
        self.seq = 0
        self.turn = 0
        self.history = [{"role": "system", "content": "You are a helpful assistant."}]

    async def store(self, event_type, role, content, metadata=None):
        self.seq += 1
        if app.state.pool:
            await app.state.pool.execute(
                "insert into session_events (session_id, seq, event_type, role, content, metadata)"
                " values ($1, $2, $3, $4, $5, $6)",
                self.id, self.seq, event_type, role, content, json.dumps(metadata or {}))
        return self.seq


@app.on_event("startup")
async def start():
    url = os.environ.get("DATABASE_URL")
    app.state.pool = await asyncpg.create_pool(url, min_size=10, max_size=10) if url else None
    if app.state.pool:
        await app.state.pool.execute(SCHEMA)
    app.state.http = httpx.AsyncClient(
        base_url=os.environ["OPENAI_BASE_URL"], timeout=60,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100))
    asyncio.get_running_loop().call_soon(asyncio.create_task, tell())


async def tell():
    """Says so once the port answers."""
    port = int(os.environ["PORT"])
    while True:
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return print(f"listening on {port}", flush=True)
        except OSError:
            await asyncio.sleep(0.05)


async def tokens_of(messages):
    body = {"model": os.environ["OPENAI_MODEL"], "stream": True, "messages": messages}
    async with app.state.http.stream("POST", "/chat/completions", json=body) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            line = line.strip()
            if not line.startswith("data: "):
                continue
            if line == "data: [DONE]":
                return
            for choice in json.loads(line[6:])["choices"]:
                if content := choice["delta"].get("content"):
                    yield content


async def turn(socket, session, text):
    session.turn += 1
    started = time.monotonic()
    session.history.append({"role": "user", "content": text})
    seq = await session.store("user_message", "user", text, {"turn": session.turn})
    await socket.send_json({"type": "start", "role": "assistant", "turn": session.turn, "seq": seq})
    said = []
    async for token in tokens_of(session.history):
        said.append(token)
        await socket.send_json({"type": "token", "token": token})
    reply = "".join(said)
    session.history.append({"role": "assistant", "content": reply})
    ms = int((time.monotonic() - started) * 1000)
    seq = await session.store("ai_message", "assistant", reply, {"turn": session.turn, "duration_ms": ms})
    await socket.send_json({"type": "done", "text": reply, "turn": session.turn, "finish": "stop",
                            "duration_ms": ms, "seq": seq})


@app.websocket("/ws/session/{session_id}")
async def chat(socket: WebSocket, session_id: str, user_id: str = "anonymous"):
    await socket.accept()
    session = Session(session_id)
    if app.state.pool:
        await app.state.pool.execute(
            "insert into sessions (session_id, user_id, start_time) values ($1, $2, now())"
            " on conflict do nothing", session_id, user_id)
    seq = await session.store("session_started", "system", "")
    await socket.send_json({"type": "session_started", "session_id": session_id, "user_id": user_id, "seq": seq})
    try:
        while True:
            await turn(socket, session, await socket.receive_text())
    except WebSocketDisconnect:
        pass


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error", backlog=4096,
                ws_ping_interval=None)
