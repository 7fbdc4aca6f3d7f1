// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/realtime/client_event.h"

#include <QStringList>

namespace loquat::realtime {

/// The events on their way to one client, each with an id of its own, and the ids of what they speak of.
class ServerEvents
{
public:
    /// `base` tells this connection's ids from those of others. `beta`: see putAsBeta().
    explicit ServerEvents(QString base, bool beta = false)
        : m_base(std::move(base))
        , m_beta(beta)
    {
    }

    [[nodiscard]] bool isBeta() const { return m_beta; }
    void say(QString type, QJsonObject fields);
    void sayFault(const Fault &fault);
    /// A new id: prefix_base_number.
    QString newId(QLatin1StringView prefix);
    /// What was taken before.
    void append(const QStringList &frames) { m_frames += frames; }
    /// What was said since, one frame each.
    QStringList take() { return std::exchange(m_frames, {}); }

private:
    const QString m_base;
    const bool m_beta;
    qint64 m_number = 0;
    QStringList m_frames;
};

/// The newest items of the conversation as this client knows them. Bounded.
class Items
{
public:
    static constexpr qsizetype maxItems = 256;
    static constexpr qsizetype maxCharacters = 128 * 1024;

    /// An item begins: the one before it, or null. `isTold`: as one of the conversation.
    QJsonValue follow(const QString &itemId, bool isTold = true);
    /// An item as it ended.
    void keep(const QJsonObject &item);
    [[nodiscard]] std::optional<QJsonObject> find(const QString &itemId) const;
    [[nodiscard]] const QString &last() const { return m_last; }
    [[nodiscard]] const QString &lastTold() const { return m_lastTold; }

private:
    struct Kept
    {
        QJsonObject item;
        qsizetype characters = 0;
    };

    QList<Kept> m_items;
    qsizetype m_characters = 0;
    QString m_last;
    QString m_lastTold;
};

/// {"id","object":"realtime.item","type":"message",…}
QJsonObject messageItem(const QString &id, Role role, const QString &text);

/// As a session's `tools` and `tool_choice` tell them.
QJsonArray toolsJson(const QList<ToolSpec> &tools);
QJsonValue toolChoiceJson(const ToolChoice &choice);

} // namespace loquat::realtime
