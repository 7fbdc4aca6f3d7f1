// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_openai_script.h"

#include "fake_openai_stream.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

QString lastUserMessage(const QJsonObject &request)
{
    const auto messages = request["messages"_L1].toArray();
    for (auto i = messages.size() - 1; i >= 0; --i)
        if (messages[i]["role"_L1].toString() == "user"_L1)
            return messages[i]["content"_L1].toString();
    return {};
}

namespace {

QList<FakeStep> recordedAnswer(const QJsonObject &script)
{
    const QByteArray body = script["body"_L1].toString().toUtf8();
    const qsizetype length = script["piece_bytes"_L1].toInt(int(body.size()));
    QList<FakeStep> steps;
    for (qsizetype at = 0; at < body.size(); at += length)
        steps.append({FakeStep::Kind::Send, body.mid(at, length),
                      at == 0 ? script["first_delay_ms"_L1].toInt() : script["delay_ms"_L1].toInt()});
    return steps;
}

} // namespace

FakeAnswer answerTo(const QJsonObject &request, const QJsonObject &script)
{
    FakeAnswer answer;
    const auto headers = script["headers"_L1].toObject();
    for (auto header = headers.begin(); header != headers.end(); ++header)
        answer.headers.emplaceBack(header.key().toUtf8(), header.value().toString().toUtf8());
    answer.status = script["status"_L1].toInt(200);
    answer.silent = script["never_answer"_L1].toBool();
    if (answer.silent) {
        answer.body = {{FakeStep::Kind::Stall, {}, 0}};
    } else if (answer.status >= 300) {
        if (const auto wait = script["retry_after"_L1]; wait.isDouble())
            answer.headers.emplaceBack("Retry-After", QByteArray::number(wait.toInt()));
        answer.headers.emplaceBack("Content-Type", "application/json");
        answer.body = {{FakeStep::Kind::Send, compact({{"error"_L1, errorOf(script, answer.status)}}),
                        script["first_delay_ms"_L1].toInt()}};
    } else if (script.contains("body"_L1)) {
        answer.headers.emplaceBack("Content-Type", "text/event-stream");
        answer.body = recordedAnswer(script);
    } else if (script["whole"_L1].toBool() || !request["stream"_L1].toBool()) {
        answer.headers.emplaceBack("Content-Type", "application/json");
        answer.body = {{FakeStep::Kind::Send, wholeAnswer(script), script["first_delay_ms"_L1].toInt()}};
    } else {
        answer.headers.emplaceBack("Content-Type", "text/event-stream");
        answer.body = streamedAnswer(script);
    }
    return answer;
}

QJsonObject defaultScript(const QJsonObject &request)
{
    const auto messages = request["messages"_L1].toArray();
    QStringList results;
    for (auto i = messages.size() - 1; i >= 0 && messages[i]["role"_L1].toString() == "tool"_L1; --i)
        results.prepend(messages[i]["content"_L1].toString());
    if (!results.isEmpty())
        return {{"text"_L1, u"The tools said: "_s + results.join(u" and "_s)}};

    const QString said = lastUserMessage(request);
    static const QRegularExpression command(
        u"^fake:(stall|drop|rubbish|error|silent|slow|status|tool)(?:\\s+(\\S+))?(?:\\s+(\\{.*\\}))?"_s);
    const auto match = command.match(said);
    const QString word = match.captured(1);
    QJsonObject script{{"text"_L1, u"You said: "_s + said}};
    if (word == "silent"_L1)
        script["never_answer"_L1] = true;
    else if (word == "slow"_L1)
        script["delay_ms"_L1] = match.captured(2).isEmpty() ? 200 : match.captured(2).toInt();
    else if (word == "status"_L1)
        script["status"_L1] = match.captured(2).toInt();
    else if (word == "tool"_L1)
        script = {{"tool_calls"_L1, QJsonArray{QJsonObject{{"id"_L1, u"call_fake_%1"_s.arg(messages.size())},
                                                           {"name"_L1, match.captured(2)},
                                                           {"arguments"_L1, match.captured(3)}}}}};
    else if (!word.isEmpty())
        script[word + "_after"_L1] = match.captured(2).isEmpty() ? 2 : match.captured(2).toInt();
    return script;
}

} // namespace loquat::fakes
