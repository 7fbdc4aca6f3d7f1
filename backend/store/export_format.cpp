// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/export_format.h"

#include "store/export_markdown.h"
#include "store/stored_text.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

class JsonWriter final : public ExportWriter
{
public:
    QByteArray begin() override { return "{\"sessions\":["; }
    QByteArray session(const SessionRow &row, const QList<Event> &events) override
    {
        QJsonObject object = toJson(row);
        QJsonArray list;
        for (const Event &event : events) {
            QJsonObject one = toJson(event);
            one.remove("session_id"_L1);
            list.append(one);
        }
        object["events"_L1] = list;
        return std::exchange(m_between, ",\n") + compact(object);
    }
    QByteArray end() override { return "\n]}\n"; }

private:
    QByteArray m_between = "\n";
};

class JsonLinesWriter final : public ExportWriter
{
public:
    QByteArray begin() override { return {}; }
    QByteArray session(const SessionRow &row, const QList<Event> &events) override
    {
        QByteArray lines = line(u"session"_s, toJson(row));
        for (const Event &event : events)
            lines += line(u"event"_s, toJson(event));
        return lines;
    }
    QByteArray end() override { return {}; }

private:
    static QByteArray line(const QString &kind, QJsonObject object)
    {
        object["kind"_L1] = kind;
        return compact(object) + '\n';
    }
};

class CsvWriter final : public ExportWriter
{
public:
    QByteArray begin() override { return "session_id,user_id,seq,ts,event_type,role,content,metadata\r\n"; }
    QByteArray session(const SessionRow &row, const QList<Event> &events) override
    {
        QByteArray lines;
        for (const Event &event : events) {
            QStringList cells;
            for (const QString &text : {event.sessionId, row.userId, QString::number(event.seq),
                                        storedTime(event.atMs), nameOf(event.type), nameOf(event.role),
                                        event.content, QString::fromUtf8(storedJson(event.meta))})
                cells.append(cell(text));
            lines += cells.join(u',').toUtf8() + "\r\n";
        }
        return lines;
    }
    QByteArray end() override { return {}; }

private:
    static QString cell(QString text)
    {
        static const QString formula = u"=+-@\t\r"_s;
        if (!text.isEmpty() && formula.contains(text[0]))
            text.prepend(u'\'');
        if (!text.contains(u',') && !text.contains(u'"') && !text.contains(u'\n') && !text.contains(u'\r'))
            return text;
        return u'"' + text.replace(u'"', u"\"\""_s) + u'"';
    }
};

} // namespace

std::optional<ExportFormat> exportFormatFrom(const QString &name)
{
    if (name == "json"_L1)
        return ExportFormat::Json;
    if (name == "jsonl"_L1)
        return ExportFormat::JsonLines;
    if (name == "markdown"_L1)
        return ExportFormat::Markdown;
    return name == "csv"_L1 ? std::optional(ExportFormat::Csv) : std::nullopt;
}

std::unique_ptr<ExportWriter> exportWriter(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Json:
        return std::make_unique<JsonWriter>();
    case ExportFormat::JsonLines:
        return std::make_unique<JsonLinesWriter>();
    case ExportFormat::Markdown:
        return markdownWriter();
    case ExportFormat::Csv:
        break;
    }
    return std::make_unique<CsvWriter>();
}

} // namespace loquat
