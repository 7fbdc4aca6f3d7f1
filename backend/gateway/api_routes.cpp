// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api_routes.h"

#include "domain/ids.h"
#include "domain/live_json.h"
#include "gateway/operator_command.h"
#include "gateway/query_value.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error notFound()
{
    return {u"not_found"_s, u"There is nothing at this path."_s, u"See /docs for what there is."_s, false};
}

constexpr auto readMethods = "GET, HEAD, OPTIONS";

QJsonObject toJson(const Snippet &snippet)
{
    QJsonArray matches;
    for (const Snippet::Range &range : snippet.matches)
        matches.append(QJsonObject{{"start"_L1, range.start}, {"length"_L1, range.length}});
    return {{"seq"_L1, snippet.seq},
            {"text"_L1, snippet.text},
            {"matches"_L1, matches},
            {"cut_before"_L1, snippet.cutBefore},
            {"cut_after"_L1, snippet.cutAfter}};
}

QByteArray contentType(const QString &format)
{
    static const QHash<QString, QByteArray> types{{u"json"_s, "application/json"},
                                                  {u"jsonl"_s, "application/x-ndjson"},
                                                  {u"markdown"_s, "text/markdown; charset=utf-8"},
                                                  {u"csv"_s, "text/csv; charset=utf-8"}};
    return types.value(format);
}

} // namespace

void ApiRoutes::handle(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                       Answer answer)
{
    const auto path = apiPath(target);
    const bool reads = method == "GET" || method == "HEAD";
    if (path && path->parts == QStringList(u"nodes"_s))
        return reads ? nodes(answer) : answer(methodReply(method, readMethods));
    if (!path || path->parts[0] != "sessions"_L1 || path->parts.size() > 3)
        return answer(problemReply(notFound()));
    if (path->parts.size() == 1)
        return reads ? list(path->query, answer) : answer(methodReply(method, readMethods));
    const auto id = parseSessionId(path->parts[1]);
    if (!id)
        return answer(problemReply(id.error()));
    const QString what = path->parts.size() == 3 ? path->parts[2] : QString();
    if (what == "commands"_L1)
        return method == "POST" ? command(*id, body, answer) : answer(methodReply(method, "POST, OPTIONS"));
    if (path->parts.size() == 3 && what != "events"_L1 && what != "export"_L1)
        return answer(problemReply(notFound()));
    if (!reads)
        return answer(methodReply(method, readMethods));
    if (what == "events"_L1)
        return events(*id, path->query, answer);
    return what == "export"_L1 ? exportAs(*id, path->query, answer) : show(*id, answer);
}

void ApiRoutes::nodes(const Answer &answer)
{
    const BackendStatus status = m_parts.status();
    QJsonArray nodes;
    for (const FleetNode &node : status.nodes)
        nodes.append(loquat::toJson(node));
    answer(jsonReply({{"nodes"_L1, nodes}, {"trouble"_L1, status.nodesTrouble}}));
}

QJsonObject ApiRoutes::shown(const SessionRow &row) const
{
    QJsonObject json = loquat::toJson(row);
    auto live = m_parts.live.find(row.sessionId);
    if (!live && m_parts.fleet)
        live = m_parts.fleet->find(row.sessionId);
    json["live"_L1] = live ? QJsonValue(loquat::toJson(*live)) : QJsonValue();
    return json;
}

/// Counts who asks for more at once than there may be.
void ApiRoutes::countPage(const QUrlQuery &query, int most)
{
    if (queryValue(query, u"limit"_s).toLongLong() > most)
        m_parts.counters->count(Refused::PageTooLarge);
}

void ApiRoutes::list(const QUrlQuery &query, const Answer &answer)
{
    countPage(query, m_parts.limits.maxSessionPage);
    const auto wanted = sessionQuery(query, m_parts.limits);
    if (!wanted)
        return answer(problemReply(wanted.error()));
    m_parts.history.sessions(*wanted, m_context, [this, answer](const Expected<SessionPage> &page) {
        if (!page)
            return answer(problemReply(page.error()));
        QJsonArray sessions;
        for (const FoundSession &found : page->rows) {
            QJsonObject json = shown(found.row);
            if (found.snippet)
                json["snippet"_L1] = toJson(*found.snippet);
            sessions.append(json);
        }
        answer(jsonReply(
            {{"sessions"_L1, sessions},
             {"next_cursor"_L1, page->nextCursor.isEmpty() ? QJsonValue() : QJsonValue(page->nextCursor)},
             {"partial"_L1, page->partial.has_value()},
             {"notice"_L1, page->partial ? QJsonValue(page->partial->text()) : QJsonValue()}}));
    });
}

void ApiRoutes::withRow(const QString &sessionId, const Answer &answer, WithRow then)
{
    SessionQuery wanted;
    wanted.sessionId = sessionId;
    wanted.limit = 1;
    m_parts.history.sessions(
        wanted, m_context, [answer, then = std::move(then)](const Expected<SessionPage> &page) {
            if (!page)
                return answer(problemReply(page.error()));
            if (page->rows.isEmpty() && page->partial) // where that is may be this session
                return answer(problemReply(*page->partial));
            if (page->rows.isEmpty())
                return answer(
                    problemReply(Error{u"session_not_found"_s, u"There is no session with this id."_s,
                                       u"GET /api/sessions lists those there are."_s, false}));
            then(page->rows.first().row);
        });
}

void ApiRoutes::show(const QString &sessionId, const Answer &answer)
{
    withRow(sessionId, answer, [this, answer](const SessionRow &row) { answer(jsonReply(shown(row))); });
}

void ApiRoutes::events(const QString &sessionId, const QUrlQuery &query, const Answer &answer)
{
    countPage(query, m_parts.limits.maxEventPage);
    const auto wanted = eventQuery(sessionId, query, m_parts.limits);
    if (!wanted)
        return answer(problemReply(wanted.error()));
    withRow(sessionId, answer, [this, wanted = *wanted, answer](const SessionRow &) {
        m_parts.history.events(wanted, m_context, [answer](const Expected<EventPage> &page) {
            if (!page)
                return answer(problemReply(page.error()));
            QJsonArray events;
            for (const Event &event : page->events)
                events.append(loquat::toJson(event));
            answer(jsonReply({{"events"_L1, events}, {"more"_L1, page->more}}));
        });
    });
}

void ApiRoutes::exportAs(const QString &sessionId, const QUrlQuery &query, const Answer &answer)
{
    const QString given = query.queryItemValue(u"format"_s);
    const QString format = given.isEmpty() ? u"json"_s : given;
    if (contentType(format).isEmpty())
        return answer(problemReply(Error{u"unknown_format"_s, u"This format does not exist."_s,
                                         u"Use one of json, jsonl, markdown, csv."_s, false}));
    withRow(sessionId, answer,
            [this, format, answer](const SessionRow &row) { collect(row, format, {}, answer); });
}

void ApiRoutes::collect(const SessionRow &row, const QString &format, QList<Event> events,
                        const Answer &answer)
{
    const EventQuery next{row.sessionId, events.isEmpty() ? 0 : events.last().seq,
                          m_parts.limits.maxEventPage};
    m_parts.history.events(
        next, m_context, [this, row, format, events, answer](const Expected<EventPage> &page) {
            if (!page)
                return answer(problemReply(page.error()));
            const QList<Event> all = events + page->events;
            if (all.size() > m_parts.limits.maxExportEvents) {
                m_parts.counters->count(Refused::PageTooLarge);
                return answer(
                    problemReply(Error{u"export_too_large"_s, u"The session is too long for this."_s,
                                       u"Use 'loquat export' on the server."_s, false}));
            }
            if (page->more)
                return collect(row, format, all, answer);
            const auto file = m_parts.exportSession(format, row, all);
            answer({200, contentType(format), file.value_or(QByteArray())});
        });
}

void ApiRoutes::command(const QString &sessionId, const QByteArray &body, const Answer &answer)
{
    const QJsonDocument json = QJsonDocument::fromJson(body);
    if (!json.isObject())
        return answer(problemReply(Error{u"bad_json"_s, u"The body is not a JSON object."_s,
                                         uR"(Send {"command":"pause"}.)"_s, false}));
    const auto parsed = parseCommand(json.object());
    if (!parsed)
        return answer(problemReply(parsed.error()));
    m_parts.command(
        sessionId, *parsed, m_context,
        [this, sessionId, name = nameOf(parsed->kind), answer](const Expected<void> &outcome) {
            if (outcome)
                return answer(
                    jsonReply({{"ok"_L1, true}, {"session_id"_L1, sessionId}, {"command"_L1, name}}));
            // It may be one that has ended, or none at all.
            if (outcome.error().code == "session_not_live"_L1)
                return withRow(sessionId, answer, [answer, error = outcome.error()](const SessionRow &) {
                    answer(problemReply(error));
                });
            answer(problemReply(outcome.error()));
        });
}

} // namespace loquat
