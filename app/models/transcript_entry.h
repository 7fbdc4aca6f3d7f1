// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"
#include "models/streaming_markdown.h"

#include <memory>
#include <optional>

namespace loquat {

/// One thing in a conversation as the console shows it. A tool's call and result are one entry.
struct TranscriptEntry
{
    enum class Kind { User, Assistant, Tool, Whisper, OperatorMessage, Note, Line, Error, Summary };
    enum class Tool { None, Running, WaitsForApproval, Denied, Ok, Failed };

    Kind kind = Kind::Line;
    qint64 atMs = 0;
    QString by;                                ///< the operator, or "client"; what a person typed
    QString text;                              ///< plain, to be copied; of an assistant see blocks
    QString detail;                            ///< what the header says after the time
    QString kindOfLine;                        ///< colour of a Line
    std::shared_ptr<StreamingMarkdown> blocks; ///< Assistant and Summary
    bool streaming = false;
    int turn = 0;

    Tool tool = Tool::None;
    QString callId;
    QString args;
    QString result;
    std::optional<qint64> toolMs;
};

/// The entry an event becomes; nothing for a tool_result, which belongs to its call.
std::optional<TranscriptEntry> entryOf(const Event &event);
/// "first token 212 ms · 62 tok/s", or what of it is known, and how the reply ended when not well.
QString replyDetail(const QJsonObject &meta);

} // namespace loquat
