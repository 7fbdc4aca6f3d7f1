// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal.h"
#include "store/journal_reader.h"

#include <QTemporaryDir>
#include <QTest>

namespace loquat {

using namespace Qt::StringLiterals;

inline constexpr qint64 start = 1'700'000'000'123;

inline Event eventOf(const QString &session, qint64 seq, EventType type, const QString &content = {},
                     const QJsonObject &meta = {})
{
    const Role role = type == EventType::UserMessage ? Role::User
                      : type == EventType::AiMessage ? Role::Assistant
                                                     : Role::System;
    return {session, seq, start + seq * 1000, type, role, content, meta};
}

inline Event started(const QString &session)
{
    return eventOf(
        session, 1, EventType::SessionStarted, {},
        {{"user_id"_L1, "zoë"}, {"model"_L1, "gpt"}, {"node_id"_L1, "n1"}, {"protocol"_L1, "text"}});
}

/// A journal in a folder of its own for each test function.
class JournalFixture : public QObject
{
protected:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Journal> m_journal;

    JournalSettings settings() const { return {.dataDir = m_dir->path()}; }

    bool open(const JournalSettings &settings)
    {
        auto opened = Journal::open(settings);
        if (!opened)
            qWarning() << opened.error().code << opened.error().message;
        else
            m_journal = std::move(*opened);
        return m_journal != nullptr;
    }

    /// Appends and waits; the code of the error, or "ok".
    QString append(const Event &event)
    {
        QString code;
        m_journal->append(event, this, [&](const Expected<void> &stored) {
            code = stored ? u"ok"_s : stored.error().code;
        });
        return QTest::qWaitFor([&] { return !code.isEmpty(); }) ? code : u"no answer"_s;
    }

    std::optional<StoredSession> load(const QString &session)
    {
        std::optional<Expected<std::optional<StoredSession>>> answer;
        m_journal->load(session, this, [&](const auto &loaded) { answer = loaded; });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }) || !*answer)
            return {};
        return **answer;
    }

    SessionRow row(const QString &session)
    {
        auto reader = JournalReader::open(m_journal->file());
        return (*reader)->rows({session})->value(0);
    }

    QStringList unfinished()
    {
        std::optional<Expected<QStringList>> answer;
        m_journal->unfinished(this, [&](const auto &listed) { answer = listed; });
        return QTest::qWaitFor([&] { return answer.has_value(); }) && *answer ? **answer : QStringList();
    }

    void setUp()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(open(settings()));
    }

    void tearDown() { m_journal.reset(); }
};

} // namespace loquat
