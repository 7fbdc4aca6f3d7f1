// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_openai_stream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject errorOf(const QJsonObject &script, int status)
{
    if (script["error"_L1].isObject())
        return script["error"_L1].toObject();
    return {{"message"_L1, u"fake error %1"_s.arg(status)}, {"type"_L1, "fake_error"_L1}};
}

namespace {

const QString modelName = u"fake-openai (a stand-in)"_s;

QStringList words(const QString &text)
{
    static const QRegularExpression afterSpaces(u"(?<=\\s)(?=\\S)"_s);
    return text.isEmpty() ? QStringList() : text.split(afterSpaces);
}

QStringList tokensOf(const QJsonObject &script)
{
    if (!script.contains("tokens"_L1))
        return words(script["text"_L1].toString());
    QStringList tokens;
    for (const auto &token : script["tokens"_L1].toArray())
        tokens.append(token.toString());
    return tokens;
}

QJsonObject usageOf(const QJsonObject &script, qsizetype tokens)
{
    if (script["usage"_L1].isObject())
        return script["usage"_L1].toObject();
    return {{"prompt_tokens"_L1, 7}, {"completion_tokens"_L1, tokens}, {"total_tokens"_L1, 7 + tokens}};
}

/// Builds the events of a streamed answer one after the other.
class Stream
{
public:
    explicit Stream(const QJsonObject &script)
        : m_script(script)
        , m_firstDelay(script["first_delay_ms"_L1].toInt(script["delay_ms"_L1].toInt()))
    {
    }

    void chunk(const QJsonObject &delta, const QJsonValue &finish = QJsonValue::Null)
    {
        send(event({{"choices"_L1, QJsonArray{QJsonObject{
                                       {"index"_L1, 0}, {"delta"_L1, delta}, {"finish_reason"_L1, finish}}}},
                    {"usage"_L1, QJsonValue::Null}}));
    }
    void usage(const QJsonObject &usage) { send(event({{"choices"_L1, QJsonArray{}}, {"usage"_L1, usage}})); }
    void send(const QByteArray &bytes) { add(FakeStep::Kind::Send, bytes); }
    void add(FakeStep::Kind kind, const QByteArray &bytes = {})
    {
        const int delay = m_steps.isEmpty() ? m_firstDelay : m_script["delay_ms"_L1].toInt();
        m_steps.append({kind, bytes, delay});
    }
    [[nodiscard]] const QList<FakeStep> &steps() const { return m_steps; }

private:
    [[nodiscard]] static QByteArray event(QJsonObject body)
    {
        body["id"_L1] = "chatcmpl-fake"_L1;
        body["object"_L1] = "chat.completion.chunk"_L1;
        body["model"_L1] = modelName;
        return "data: " + compact(body) + "\n\n";
    }

    const QJsonObject &m_script;
    const int m_firstDelay;
    QList<FakeStep> m_steps;
};

QString argumentsOf(const QJsonObject &call)
{
    const auto arguments = call["arguments"_L1];
    return arguments.isObject() ? QString::fromUtf8(compact(arguments.toObject())) : arguments.toString();
}

void streamToolCalls(Stream &stream, const QJsonObject &script)
{
    const int piece = std::max(1, script["argument_chars"_L1].toInt(4));
    int index = 0;
    for (const auto &value : script["tool_calls"_L1].toArray()) {
        const auto call = value.toObject();
        const QString text = argumentsOf(call);
        const QString id = call["id"_L1].toString(u"call_fake_%1"_s.arg(index));
        stream.chunk({{"content"_L1, QJsonValue::Null},
                      {"tool_calls"_L1,
                       QJsonArray{QJsonObject{{"index"_L1, index},
                                              {"id"_L1, id},
                                              {"type"_L1, "function"_L1},
                                              {"function"_L1, QJsonObject{{"name"_L1, call["name"_L1]},
                                                                          {"arguments"_L1, ""_L1}}}}}}});
        for (qsizetype at = 0; at < text.size(); at += piece)
            stream.chunk({{"tool_calls"_L1,
                           QJsonArray{QJsonObject{
                               {"index"_L1, index},
                               {"function"_L1, QJsonObject{{"arguments"_L1, text.mid(at, piece)}}}}}}});
        ++index;
    }
}

/// What goes wrong after `sent` tokens; true if that is the end of the answer.
bool streamAccident(Stream &stream, const QJsonObject &script, int sent)
{
    const auto due = [&](QLatin1StringView name) { return script[name].toInt(-1) == sent; };
    if (due("stall_after"_L1))
        stream.add(FakeStep::Kind::Stall);
    else if (due("drop_after"_L1))
        stream.add(FakeStep::Kind::Drop);
    else if (due("rubbish_after"_L1))
        stream.send("data: \xff\xfe{{{not json\n\n");
    else if (due("error_after"_L1))
        stream.send("data: " + compact({{"error"_L1, errorOf(script, 500)}}) + "\n\n");
    else
        return false;
    return true;
}

} // namespace

QList<FakeStep> streamedAnswer(const QJsonObject &script)
{
    Stream stream(script);
    const QStringList tokens = tokensOf(script);
    int sent = 0;
    for (const auto &token : tokens) {
        if (streamAccident(stream, script, sent))
            return stream.steps();
        if (script["keep_alive"_L1].toBool())
            stream.send(": keep-alive\n\n");
        stream.chunk({{"content"_L1, token}});
        ++sent;
    }
    if (streamAccident(stream, script, sent))
        return stream.steps();
    streamToolCalls(stream, script);
    const bool calls = !script["tool_calls"_L1].toArray().isEmpty();
    stream.chunk({}, script["finish_reason"_L1].toString(calls ? u"tool_calls"_s : u"stop"_s));
    if (script["usage"_L1] != QJsonValue(false))
        stream.usage(usageOf(script, tokens.size()));
    if (script["never_done"_L1].toBool())
        stream.add(FakeStep::Kind::Stall);
    else if (!script["no_done"_L1].toBool())
        stream.send("data: [DONE]\n\n");
    return stream.steps();
}

QByteArray wholeAnswer(const QJsonObject &script)
{
    const QStringList tokens = tokensOf(script);
    const QJsonObject message{{"role"_L1, "assistant"_L1}, {"content"_L1, tokens.join(QString())}};
    return compact(
        {{"id"_L1, "chatcmpl-fake"_L1},
         {"object"_L1, "chat.completion"_L1},
         {"model"_L1, modelName},
         {"choices"_L1,
          QJsonArray{QJsonObject{{"index"_L1, 0}, {"message"_L1, message}, {"finish_reason"_L1, "stop"_L1}}}},
         {"usage"_L1, usageOf(script, tokens.size())}});
}

} // namespace loquat::fakes
