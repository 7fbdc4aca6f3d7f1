// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/tool_call_assembler.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

void ToolCallAssembler::take(const QJsonArray &pieces)
{
    for (const auto &value : pieces) {
        const Piece piece = read(value.toObject());
        Open *open = find(piece);
        if (!open) {
            m_open.push_back({{}, piece.index});
            open = &m_open.back();
        }
        if (open->call.id.isEmpty())
            open->call.id = piece.id;
        if (open->call.name.isEmpty()) // some servers repeat it in every piece
            open->call.name = piece.name;
        open->call.arguments += piece.arguments;
    }
}

ToolCallAssembler::Piece ToolCallAssembler::read(const QJsonObject &json)
{
    const auto function = json["function"_L1].toObject();
    const auto arguments = function["arguments"_L1];
    Piece piece{json["id"_L1].toString(), function["name"_L1].toString(), arguments.toString(), {}};
    if (arguments.isObject()) // as older Ollama writes it
        piece.arguments =
            QString::fromUtf8(QJsonDocument(arguments.toObject()).toJson(QJsonDocument::Compact));
    if (const auto index = json["index"_L1]; index.isDouble())
        piece.index = index.toInt();
    return piece;
}

ToolCallAssembler::Open *ToolCallAssembler::find(const Piece &piece)
{
    if (m_open.empty())
        return nullptr;
    if (!piece.id.isEmpty()) {
        const auto seen = std::ranges::find(m_open, piece.id, [](const Open &open) { return open.call.id; });
        if (seen != m_open.end())
            return &*seen;
    }
    Open *found = &m_open.back();
    if (piece.index) {
        const auto newest = std::find_if(m_open.rbegin(), m_open.rend(),
                                         [&piece](const Open &open) { return open.index == piece.index; });
        if (newest == m_open.rend())
            return nullptr;
        found = &*newest;
    }
    return opensAnother(piece, *found) ? nullptr : found;
}

bool ToolCallAssembler::opensAnother(const Piece &piece, const Open &open)
{
    if (!piece.id.isEmpty()) {
        const bool lateId = open.call.id.isEmpty() && (piece.name.isEmpty() || piece.name == open.call.name ||
                                                       open.call.name.isEmpty());
        return !lateId;
    }
    if (piece.name.isEmpty() || open.call.name.isEmpty())
        return false;
    if (piece.name != open.call.name)
        return true;
    // The same name again: another call only if the one before is complete and this one brings its own
    // arguments.
    return !piece.arguments.isEmpty() && QJsonDocument::fromJson(open.call.arguments.toUtf8()).isObject();
}

QList<ToolCall> ToolCallAssembler::calls() const
{
    QList<ToolCall> calls;
    for (const auto &open : m_open)
        if (!open.call.name.isEmpty())
            calls.append(open.call);
    for (auto &call : calls)
        if (call.arguments.trimmed().isEmpty()) // how some models call a tool without parameters
            call.arguments = u"{}"_s;
    return calls;
}

} // namespace loquat
