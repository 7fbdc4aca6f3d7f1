// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/composer_model.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

ComposerModel::ComposerModel(CommandRunner &runner, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
{
    connect(&runner, &CommandRunner::obeyed, this, [this](const QString &session, CommandKind kind) {
        if (kind == CommandKind::TakeOver)
            tookOver(session);
    });
    connect(&runner, &CommandRunner::reachableChanged, this, &ComposerModel::changed);
}

void ComposerModel::show(const SessionSnapshot &session)
{
    const bool open = session.status == SessionStatus::Active;
    const bool human = session.mode == loquat::Mode::Human;
    if (m_session == session.sessionId && m_open == open && m_human == human)
        return;
    m_session = session.sessionId;
    m_open = open;
    m_human = human;
    Q_EMIT changed();
}

void ComposerModel::clear()
{
    if (m_session.isEmpty())
        return;
    m_session.clear();
    m_open = m_human = false;
    Q_EMIT changed();
}

void ComposerModel::setMode(Mode mode)
{
    if (this->mode() == mode)
        return;
    m_modes[m_session] = mode;
    Q_EMIT changed();
}

void ComposerModel::setText(const QString &text)
{
    if (m_session.isEmpty() || this->text() == text)
        return;
    if (text.isEmpty())
        m_drafts.remove(m_session);
    else
        m_drafts[m_session] = text;
    Q_EMIT changed();
}

QString ComposerModel::placeholder() const
{
    if (!m_open)
        return u"This session has ended"_s;
    switch (mode()) {
    case Mode::Reply:
        return m_human ? u"The user reads this, from a person…"_s
                       : u"The user reads this; sending takes over from the assistant…"_s;
    case Mode::Note:
        return u"Only operators see this…"_s;
    case Mode::Whisper:
        break;
    }
    return u"The assistant sees this, the user does not…"_s;
}

QString ComposerModel::sendLabel() const
{
    return mode() == Mode::Reply && !m_human ? u"Take over and send"_s : u"Send"_s;
}

bool ComposerModel::canSend() const
{
    return m_open && m_runner.isReachable() && !m_sending.contains(m_session) && !text().trimmed().isEmpty();
}

void ComposerModel::send()
{
    if (!canSend())
        return;
    const QString session = m_session;
    const QString draft = text();
    m_sending.insert(session);
    Q_EMIT changed();
    switch (mode()) {
    case Mode::Whisper:
        return deliver(session, CommandKind::Whisper, draft);
    case Mode::Note:
        return deliver(session, CommandKind::Note, draft);
    case Mode::Reply:
        break;
    }
    if (m_human)
        return deliver(session, CommandKind::Reply, draft);
    m_runner.runIn(session, CommandKind::TakeOver, [self = QPointer(this), session, draft](bool ok) {
        if (!self)
            return;
        if (ok)
            self->deliver(session, CommandKind::Reply, draft);
        else
            self->answered(session);
    });
}

void ComposerModel::deliver(const QString &session, CommandKind kind, const QString &draft)
{
    Command command;
    command.kind = kind;
    command.text = draft.trimmed();
    m_runner.runIn(session, command, [self = QPointer(this), session, draft](bool ok) {
        if (!self)
            return;
        // What was typed meanwhile stays.
        if (ok && self->m_drafts.value(session) == draft)
            self->m_drafts.remove(session);
        self->answered(session);
    });
}

void ComposerModel::answered(const QString &session)
{
    m_sending.remove(session);
    Q_EMIT changed();
}

void ComposerModel::tookOver(const QString &session)
{
    // Who takes over wants to speak to the user next; but what is typed already goes to whom it was meant
    // for.
    if (m_drafts.contains(session))
        return;
    m_modes[session] = Mode::Reply;
    Q_EMIT changed();
    if (session == m_session)
        Q_EMIT replyWanted();
}

} // namespace loquat
