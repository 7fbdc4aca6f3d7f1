// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace loquat::fakes {

/// One thing a FakeOpenAi does while it answers.
struct FakeStep
{
    enum class Kind {
        Send,  ///< `bytes` of the body
        Stall, ///< keep the connection and say nothing ever again
        Drop,  ///< close the connection in the middle
    };
    Kind kind = Kind::Send;
    QByteArray bytes;
    int delayMs = 0; ///< before the step
};

struct FakeAnswer
{
    int status = 200;
    QList<std::pair<QByteArray, QByteArray>> headers;
    bool silent = false; ///< not even a status line
    QList<FakeStep> body;
};

/// How FakeOpenAi answers `request` when told `script`. All members of a script are optional:
///   text | tokens          what to say; a text is cut into words
///   delay_ms, first_delay_ms   before every token, before the first
///   tool_calls             [{id?, name, arguments: text or object}], sent `argument_chars` (4) at a time
///   usage                  {prompt_tokens, completion_tokens}, or false for none
///   stall_after, drop_after, rubbish_after, error_after   after that many tokens; `error` is the error
///   object
///   status, retry_after, error   an HTTP error
///   never_answer, no_done, whole (not streamed), keep_alive (comments between tokens), finish_reason
///   never_done             the stream stays open after its last word
///   headers                {name: value} to answer with
///   body                   a recorded stream, sent as it is, `piece_bytes` (all) at a time
FakeAnswer answerTo(const QJsonObject &request, const QJsonObject &script);

/// The script for a request nobody scripted: follows a last user message that begins like "fake:stall 3"
/// (not one that quotes it, as the transcript in the request for a summary does), answers
/// with the tools' results if there are any, and echoes otherwise.
QJsonObject defaultScript(const QJsonObject &request);

QString lastUserMessage(const QJsonObject &request);

} // namespace loquat::fakes
