// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "gateway/api_query.h"
#include "gateway/credentials.h"
#include "gateway/operator_access.h"
#include "gateway/operator_command.h"
#include "gateway/origin_policy.h"
#include "gateway/trusted_proxies.h"
#include "store/history_cursor.h"

#include <QJsonDocument>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const ApiLimits limits;

void checkQuery(const QUrlQuery &query)
{
    const auto sessions = sessionQuery(query, limits);
    if (!sessions) {
        fuzz::checkError(sessions.error());
    } else {
        FUZZ_CHECK(sessions->limit >= 1 && sessions->limit <= limits.maxSessionPage);
        // A cursor is one of the list, one of a search, or refused; it reads back as what it says.
        const auto list = listCursor(sessions->cursor);
        const auto search = searchCursor(sessions->cursor);
        FUZZ_CHECK(sessions->cursor.isEmpty() || !list || !search);
        if (list && *list) {
            const auto again = listCursor(toText(**list));
            FUZZ_CHECK(again && (*again)->startedAtMs == (*list)->startedAtMs &&
                       (*again)->sessionId == (*list)->sessionId);
        }
        if (search && *search) {
            const auto again = searchCursor(toText(**search));
            FUZZ_CHECK(again && (*again)->below == (*search)->below && (*again)->newest == (*search)->newest);
        }
    }
    const auto events = eventQuery(u"s"_s, query, limits);
    if (events)
        FUZZ_CHECK(events->afterSeq >= 0 && events->limit >= 1 && events->limit <= limits.maxEventPage);
    else
        fuzz::checkError(events.error());
}

void checkCommand(const QByteArray &body)
{
    const auto command = parseCommand(QJsonDocument::fromJson(body).object());
    if (!command)
        return fuzz::checkError(command.error());
    FUZZ_CHECK(!command->by.isEmpty() && command->by.size() <= maxOperatorName);
    const auto again = commandKindFromString(nameOf(command->kind));
    FUZZ_CHECK(again && *again == command->kind);
}

void checkAccess(const RequestHead &head)
{
    // Nobody gets in without the token where there is one, nor from elsewhere where there is none.
    const auto guarded = operatorAccess(head, {u"a-token-that-no-input-has"_s, true});
    FUZZ_CHECK(!guarded || *guarded == OperatorAccess::OwesToken);
    FUZZ_CHECK(!operatorAccess(head, {{}, false}));
    const auto local = operatorAccess(head, {{}, true});
    if (local) {
        FUZZ_CHECK(head.count("x-forwarded-for") == 0 && head.count("forwarded") == 0);
        FUZZ_CHECK(head.count("origin") == 0 || head.header("origin").endsWith("://" + head.header("host")));
    } else {
        FUZZ_CHECK(local.error().status == 403);
        fuzz::checkError(local.error().error);
    }
}

void checkForwarded(const RequestHead &head)
{
    const QHostAddress stranger(u"192.0.2.9"_s);
    const QHostAddress proxy(u"10.1.2.3"_s);
    const auto proxies = TrustedProxies::parse(u"10.0.0.0/8, ::1"_s);
    // What a stranger forwards is only text.
    FUZZ_CHECK(proxies->clientOf(stranger, head) == stranger);
    FUZZ_CHECK(proxies->hostOf(stranger, head) == head.header("host"));
    FUZZ_CHECK(!proxies->clientOf(proxy, head).isNull());
    const auto origins = OriginPolicy::parse(u"https://app.example, https://*.shop.example"_s);
    (void)origins->judge(head, proxies->hostOf(proxy, head));
    for (const auto &[name, value] : origins->corsHeaders(head.header("origin")))
        FUZZ_CHECK(!value.contains('\r') && !value.contains('\n'));
    FUZZ_CHECK(!origins->preflightAnswer(head.header("origin")).contains("\r\n\r\n\r\n"));
    if (const auto token = credentialsOf(head))
        FUZZ_CHECK(!token->contains('\n'));
}

} // namespace

/// A request to the operators' side, head and body: what it asks for is read or refused with a reason, and
/// nobody gets in by how they ask.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto input = fuzz::view(data, size).toByteArray();
    const qsizetype end = input.indexOf("\r\n\r\n");
    checkCommand(end < 0 ? input : input.sliced(end + 4));
    const auto head = parseRequestHead(input);
    if (!head)
        return 0;
    if (const auto path = apiPath(head->target)) {
        FUZZ_CHECK(isForOperators(head->path()) && !path->parts.isEmpty());
        checkQuery(path->query);
    }
    if (const auto after = lastEventId(*head))
        FUZZ_CHECK(!*after || **after >= 0);
    else
        fuzz::checkError(after.error());
    checkAccess(*head);
    checkForwarded(*head);
    return 0;
}
