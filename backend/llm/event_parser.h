// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/sse_parser.h"
#include "llm/reply_parser.h"

#include <QJsonObject>

namespace loquat {

/// What the parsers of streams of JSON events have in common: framing, endings and failures. A provider
/// says what an event means.
class EventParser : public ReplyParser
{
public:
    QStringList feed(QByteArrayView bytes) final;
    QStringList end() final;

    [[nodiscard]] bool isOver() const final { return m_over || m_error; }
    [[nodiscard]] bool sawFinish() const final { return m_finish.has_value(); }
    [[nodiscard]] const std::optional<Error> &error() const final { return m_error; }
    [[nodiscard]] const Usage &usage() const final { return m_usage; }
    [[nodiscard]] ChatOutcome outcome() const override;

protected:
    explicit EventParser(QString providerName)
        : m_provider(std::move(providerName))
    {
    }

    virtual void takeEvent(const QJsonObject &event) = 0;

    [[nodiscard]] const QString &providerName() const { return m_provider; }
    void say(const QString &text);
    void understood() { m_understood = true; } ///< an event was one of this provider's
    void setModel(const QString &model);
    /// Sets `count` if `value` can be one. Counts are totals so far: the last one holds.
    void count(std::optional<qint64> &count, const QJsonValue &value);
    Usage &tally() { return m_usage; }
    void finish(FinishReason reason) { m_finish = reason; }
    void conclude() { m_over = true; } ///< nothing that matters comes after
    void fail(const Error &error);
    [[nodiscard]] std::optional<FinishReason> finishReason() const { return m_finish; }

private:
    void takeData(QByteArrayView data);

    const QString m_provider;
    SseParser m_sse;
    QStringList m_texts;
    QString m_model;
    Usage m_usage;
    std::optional<FinishReason> m_finish;
    std::optional<Error> m_error;
    bool m_understood = false;
    bool m_over = false;
};

} // namespace loquat
