// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QJsonArray>

#include <optional>
#include <vector>

namespace loquat {

/// Puts tool calls together from the pieces a stream brings. Servers disagree on how a piece says which call
/// it belongs to: the index may be missing, start at 1 or be used twice, the id may come late. So a piece
/// goes by an id that was seen, else by its index, else to the call that came last.
class ToolCallAssembler
{
public:
    void take(const QJsonArray &pieces);
    /// The calls that got a name, in the order they appeared. An id is empty if the server gave none.
    [[nodiscard]] QList<ToolCall> calls() const;

private:
    struct Open
    {
        ToolCall call;
        std::optional<int> index;
    };
    struct Piece
    {
        QString id;
        QString name;
        QString arguments;
        std::optional<int> index;
    };

    static Piece read(const QJsonObject &json);
    /// Where the piece belongs; nullptr: it opens a call.
    Open *find(const Piece &piece);
    [[nodiscard]] static bool opensAnother(const Piece &piece, const Open &open);

    std::vector<Open> m_open;
};

} // namespace loquat
