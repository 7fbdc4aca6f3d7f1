// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/command_line.h"
#include "options.h"
#include "settings_reader.h"
#include "store/journal_export.h"
#include "store/journal_import.h"

#include <QCommandLineParser>
#include <QDateTime>
#include <QDir>
#include <QSaveFile>

#include <cstdio>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const QCommandLineOption dataDirOption{
    u"data-dir"_s, u"Folder of the journal (default: the user's data folder)."_s, u"folder"_s};
const QCommandLineOption helpOption{{u"h"_s, u"help"_s}, u"Show this help."_s};

QString dataDir(const QCommandLineParser &parser)
{
    return parser.isSet(dataDirOption) ? parser.value(dataDirOption) : defaultDataDir();
}

int help(const QCommandLineParser &parser, const QString &command)
{
    QString text = parser.helpText();
    text.insert(text.indexOf(" [options]"_L1), u' ' + command); // Qt's usage is of the program alone
    std::fputs(qUtf8Printable(text), stdout);
    return exitSuccess;
}

Error wrongUsage(const QCommandLineParser &parser)
{
    return {u"bad_setting"_s, parser.errorText(), u"See --help."_s, false};
}

/// A day (its beginning, UTC) or a moment.
Expected<std::optional<qint64>> timeOf(const QCommandLineParser &parser, const QString &option)
{
    if (!parser.isSet(option))
        return std::optional<qint64>();
    auto time = QDateTime::fromString(parser.value(option), Qt::ISODate);
    if (!time.isValid())
        return SettingsReader::wrong(u"--"_s + option, u"'%1' is not a time"_s.arg(parser.value(option)),
                                     u"2026-01-31 or 2026-01-31T12:00:00Z"_s);
    if (time.timeSpec() == Qt::LocalTime)
        time.setTimeSpec(Qt::UTC);
    return std::optional(time.toMSecsSinceEpoch());
}

Expected<qint64> exportTo(const QString &output, const QString &file, const ExportSelection &selection,
                          ExportWriter &writer)
{
    if (output == "-"_L1) {
        const auto count = exportJournal(file, selection, writer, [](const QByteArray &piece) {
            return std::fwrite(piece.constData(), 1, size_t(piece.size()), stdout) == size_t(piece.size());
        });
        if (count && std::fflush(stdout) != 0)
            return Error{u"export_failed"_s, u"The export cannot be written."_s, {}, false};
        return count;
    }
    // In its place only when it is complete, and for nobody else to read.
    QSaveFile target(output);
    if (!target.open(QIODevice::WriteOnly))
        return SettingsReader::wrong(u"--output"_s,
                                     u"cannot write '%1': %2"_s.arg(output, target.errorString()),
                                     u"the path of a file in a folder that can be written"_s);
    target.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    const auto count = exportJournal(file, selection, writer, [&target](const QByteArray &piece) {
        return target.write(piece) == piece.size();
    });
    if (count && !target.commit())
        return Error{u"export_failed"_s, u"'%1' cannot be written: %2"_s.arg(output, target.errorString()),
                     u"Check the space on the disk."_s, false};
    return count;
}

} // namespace

int runExport(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"loquat export: writes sessions of the journal, also while Loquat runs."_s);
    parser.addOptions(
        {dataDirOption,
         {u"format"_s, u"jsonl (default, what import reads), json, markdown or csv."_s, u"name"_s},
         {u"session"_s, u"Only this session; may be repeated."_s, u"id"_s},
         {u"since"_s, u"Only sessions that started then or later."_s, u"time"_s},
         {u"until"_s, u"Only sessions that started before."_s, u"time"_s},
         {u"output"_s, u"Where to write; - is standard output, the default."_s, u"file"_s},
         helpOption});
    if (!parser.parse(arguments))
        return complain(wrongUsage(parser), exitWrongSetting);
    if (parser.isSet(helpOption))
        return help(parser, u"export"_s);
    if (!parser.positionalArguments().isEmpty())
        return complain(
            SettingsReader::wrong(u"argument"_s,
                                  u"'%1' is not understood"_s.arg(parser.positionalArguments().first()),
                                  u"options only, see loquat export --help"_s),
            exitWrongSetting);
    const QString name = parser.isSet(u"format"_s) ? parser.value(u"format"_s) : u"jsonl"_s;
    const auto format = exportFormatFrom(name);
    if (!format)
        return complain(SettingsReader::wrong(u"--format"_s, u"'%1' does not exist"_s.arg(name),
                                              u"one of json, jsonl, markdown, csv"_s),
                        exitWrongSetting);
    const auto since = timeOf(parser, u"since"_s);
    const auto until = timeOf(parser, u"until"_s);
    for (const auto *time : {&since, &until})
        if (!*time)
            return complain(time->error(), exitWrongSetting);
    const ExportSelection selection{parser.values(u"session"_s), *since, *until};
    if (!selection.sessions.isEmpty() && (*since || *until))
        return complain(SettingsReader::wrong(u"--session"_s, u"cannot be combined with --since or --until"_s,
                                              u"one of them"_s),
                        exitWrongSetting);
    const auto writer = exportWriter(*format);
    const QString output = parser.isSet(u"output"_s) ? parser.value(u"output"_s) : u"-"_s;
    const auto count = exportTo(output, QDir(dataDir(parser)).filePath(u"loquat.db"_s), selection, *writer);
    if (!count)
        return complain(count.error(),
                        count.error().code == "bad_setting"_L1 ? exitWrongSetting : exitFailure);
    if (output != "-"_L1)
        std::fprintf(stderr, "loquat: %lld sessions in %s\n", static_cast<long long>(*count),
                     qUtf8Printable(output));
    return exitSuccess;
}

int runImport(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"loquat import: adds sessions that 'loquat export --format jsonl' wrote to the journal. All or "
        "nothing; what is there already stays as it is. No Loquat may run on that folder."_s);
    parser.addOptions({dataDirOption, helpOption});
    parser.addPositionalArgument(u"file"_s, u"What to import; - is standard input."_s);
    if (!parser.parse(arguments))
        return complain(wrongUsage(parser), exitWrongSetting);
    if (parser.isSet(helpOption))
        return help(parser, u"import"_s);
    if (parser.positionalArguments().size() != 1)
        return complain(SettingsReader::wrong(u"argument"_s, u"there is not one file to import"_s,
                                              u"loquat import FILE [--data-dir FOLDER]"_s),
                        exitWrongSetting);
    QFile file(parser.positionalArguments().first());
    const bool opened =
        file.fileName() == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!opened)
        return complain(SettingsReader::wrong(
                            u"argument"_s, u"cannot read '%1': %2"_s.arg(file.fileName(), file.errorString()),
                            u"the path of a file that loquat export wrote"_s),
                        exitWrongSetting);
    JournalSettings settings;
    settings.dataDir = dataDir(parser);
    const auto count = importJournal(settings, file);
    if (!count)
        return complain(count.error(), exitFailure);
    std::fprintf(stderr, "loquat: imported %lld events of %lld sessions, %lld were there already\n",
                 static_cast<long long>(count->events), static_cast<long long>(count->sessions),
                 static_cast<long long>(count->known));
    return exitSuccess;
}

} // namespace loquat
