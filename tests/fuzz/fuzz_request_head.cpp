// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "gateway/session_request.h"

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

void checkSession(const RequestHead &head)
{
    const QStringList profiles{u"short"_s};
    const auto session = parseUpgrade(head, framesDialect(), profiles);
    if (!session) {
        fuzz::checkError(session.error().error);
        FUZZ_CHECK(session.error().status >= 400 && session.error().status < 500);
        return;
    }
    FUZZ_CHECK(head.method == "GET" && head.webSocketVersion == "13");
    // The Realtime protocol may ask for a new one.
    FUZZ_CHECK(!session->dialect || !session->sessionId.isEmpty());
    FUZZ_CHECK(session->sessionId.size() <= 128);
    for (const QChar c : session->sessionId) // it becomes part of file names and of logs
        FUZZ_CHECK(c.unicode() > 32 && c.unicode() < 127 && c != u'/' && c != u'%');
    FUZZ_CHECK(!session->userId.isEmpty() && session->userId.size() <= 256);
    FUZZ_CHECK(!session->userId.contains(u'\n') && !session->userId.contains(QChar(u'\0')));
    FUZZ_CHECK(!session->dialect || findDialect(session->dialect->name) == session->dialect);
    FUZZ_CHECK(session->profile.isEmpty() || profiles.contains(session->profile));
}

} // namespace

/// A head is whole or not, and what a whole one asks for is a session or refused with a reason.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto input = fuzz::view(data, size).toByteArray();
    const auto head = parseRequestHead(input);
    if (!isHeadComplete(input)) {
        FUZZ_CHECK(!head);
        return 0;
    }
    // What follows the head is none of its business.
    const auto withBody = parseRequestHead(input + "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    FUZZ_CHECK(head.has_value() == withBody.has_value());
    if (!head)
        return 0;
    FUZZ_CHECK(head->method == withBody->method && head->target == withBody->target);
    FUZZ_CHECK(head->wantsWebSocket == withBody->wantsWebSocket);
    FUZZ_CHECK(!head->method.isEmpty() && !head->method.contains(' ') && !head->target.isEmpty());
    FUZZ_CHECK(!head->webSocketKey.contains("\r\n") && !head->webSocketVersion.contains("\r\n"));
    checkSession(*head);
    return 0;
}
