// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"
#include "tools/mcp_protocol.h"
#include "tools/mcp_result.h"

#include <QJsonDocument>
#include <QStringList>

using namespace loquat;

namespace {

constexpr qsizetype limit = 2048; ///< low, so that inputs reach it

using Kind = McpMessage::Kind;

struct Heard
{
    QByteArrayList lines;
    bool failed = false;

    bool operator==(const Heard &) const = default;
};

Heard listen(const QByteArrayList &pieces)
{
    McpLines splitter(limit);
    Heard heard;
    for (const auto &piece : pieces) {
        const auto fed = splitter.feed(piece, [&](QByteArrayView line) {
            FUZZ_CHECK(!heard.failed);
            FUZZ_CHECK(!line.isEmpty() && line.size() <= limit && !line.contains('\n'));
            heard.lines.append(line.toByteArray());
        });
        FUZZ_CHECK(!(heard.failed && fed));
        if (!fed)
            fuzz::checkError(fed.error());
        heard.failed = !fed;
    }
    return heard;
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void checkShape(const McpMessage &message)
{
    switch (message.kind) {
    case Kind::Notification:
        FUZZ_CHECK(message.id.isUndefined());
        break;
    case Kind::Request:
    case Kind::Result:
        FUZZ_CHECK(!message.id.isUndefined());
        break;
    case Kind::Failure:
        break;
    }
}

void checkMeaning(const McpMessage &message)
{
    for (const int status : {0, 200, 400, 401, 404, 429, 500}) {
        const auto refusal = judgeRefusal(status, message);
        fuzz::checkError(refusal.error);
        FUZZ_CHECK(isLostSession(status, message) || status != 404);
    }
    if (message.kind != Kind::Result)
        return;
    if (const auto result = mcpToolResult(message.result))
        FUZZ_CHECK(result->isString() || result->isObject());
    else
        fuzz::checkError(result.error());
}

QJsonObject written(const McpMessage &message)
{
    switch (message.kind) {
    case Kind::Request:
        return mcpRequest(message.id.toInteger(), message.method, message.params);
    case Kind::Notification:
        return mcpNotification(message.method, message.params);
    case Kind::Result:
        return mcpResult(message.id, message.result);
    case Kind::Failure:
        break;
    }
    return mcpFailure(message.id, message.error.code, message.error.message);
}

/// What we write ourselves we understand, and it says the same.
void checkRoundTrip(const McpMessage &message)
{
    const QByteArray bytes = compact(written(message));
    const auto again = parseMcpMessage(bytes);
    FUZZ_CHECK(again);
    FUZZ_CHECK(again->kind == message.kind);
    FUZZ_CHECK(compact(written(*again)) == bytes);
}

} // namespace

/// The same lines however they are cut; each is a message or refused with a reason, and a message has a
/// meaning.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto ways = fuzz::cuts(fuzz::view(data, size));
    const Heard whole = listen(ways.first());
    for (const auto &pieces : ways)
        FUZZ_CHECK(listen(pieces) == whole);
    for (const auto &line : whole.lines) {
        const auto message = parseMcpMessage(line);
        if (!message) {
            fuzz::checkError(message.error());
            continue;
        }
        checkShape(*message);
        checkMeaning(*message);
        checkRoundTrip(*message);
    }
    return 0;
}
