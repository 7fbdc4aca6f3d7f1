// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"

class QCommandLineParser;

namespace loquat {

/// Reads single settings from wherever they were given, checks them, and remembers the first that is wrong.
class SettingsReader
{
public:
    SettingsReader(const QCommandLineParser &parser, const QHash<QString, QString> &environment,
                   const QHash<QString, QString> &file);

    static Error wrong(const QString &setting, const QString &what, const QString &right);
    /// The same of what somebody else found out, whose remedy is a sentence.
    static Error wrong(const QString &setting, const Error &why);

    /// `text` in quotes for a message, or words for it where it may hold a password.
    static QString shown(const QString &text);

    /// An address that can be asked over the web.
    static Expected<QUrl> webUrl(const QString &setting, const QString &text);

    /// An environment variable, or the .env file's; empty if neither has it.
    [[nodiscard]] QString text(const QString &key) const;
    QHostAddress address(const QString &option, const QHostAddress &fallback);
    quint16 port();
    qint64 number(const QString &key, qint64 fallback, qint64 least, qint64 most);
    /// --retention-days or LOQUAT_RETENTION_DAYS; 0: neither.
    int retentionDays();
    /// A command line option out of `names`; the first is the default.
    /// `key`: the same in the environment, if it is there.
    QString oneOf(const QString &option, const QStringList &names, const QString &key = {});
    /// The same for an environment variable.
    QString choice(const QString &key, const QStringList &names);
    /// Those of LOQUAT_PROVIDERS, or those that have a key, or the simulated one.
    QList<ProviderOptions> providers();
    /// The key by any of the names that people give it.
    [[nodiscard]] SupabaseOptions supabase() const;
    FleetOptions fleet();
    /// What is set to no effect.
    void noteUnused(QStringList &notes) const;
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    void fail(const Error &error);
    QString among(const QString &setting, const QString &value, const QStringList &names);
    ProviderOptions providerNamed(const QString &name);

    const QCommandLineParser &m_parser;
    const QHash<QString, QString> &m_environment;
    const QHash<QString, QString> &m_file;
    std::optional<Error> m_error;
};

} // namespace loquat
