// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import Loquat

/// One thing in a conversation: chooses its look by kind.
Item {
    id: entry

    required property string author
    required property var blocks
    property bool canDecide: false
    property bool keysDecide: false
    required property string detail
    required property string entryText
    required property string glyph
    required property string kind
    required property string lineKind
    required property bool streaming
    required property string time
    required property string toolArgs
    required property string toolResult
    required property string toolState
    required property string toolStateKind
    required property string toolTime
    required property bool toolWaits
    readonly property bool isLine: kind === "line"
    readonly property bool isReply: kind === "assistant" || kind === "summary"
    readonly property real indent: isLine ? 0 : 40

    signal approved
    signal denied

    implicitHeight: body.height + 18

    Avatar {
        glyph: entry.glyph
        kind: entry.kind
        visible: !entry.isLine
    }

    // A Repeater of none or one, because Qt 6.4's Loader cannot create a bound component.
    Column {
        id: body

        width: parent.width - entry.indent
        x: entry.indent

        Repeater {
            model: entry.kind === "line" ? 1 : 0

            SystemLine {
                kind: entry.lineKind
                text: entry.entryText
                time: entry.time
                width: body.width
            }
        }

        Repeater {
            model: entry.kind === "tool" ? 1 : 0

            ToolCard {
                args: entry.toolArgs
                canDecide: entry.canDecide
                keysDecide: entry.keysDecide
                name: entry.author
                result: entry.toolResult
                stateKind: entry.toolStateKind
                stateWord: entry.toolState
                time: entry.toolTime
                waits: entry.toolWaits
                width: body.width

                onApproved: entry.approved()
                onDenied: entry.denied()
            }
        }

        Repeater {
            model: entry.isReply ? 1 : 0

            Column {
                spacing: 3
                width: body.width

                EntryHeader {
                    author: entry.author
                    copyable: entry.streaming ? "" : entry.entryText
                    detail: entry.detail
                    time: entry.time
                    width: parent.width
                }

                MarkdownView {
                    blocks: entry.blocks
                    streaming: entry.streaming
                    width: parent.width
                }
            }
        }

        Repeater {
            model: entry.isLine || entry.isReply || entry.kind === "tool" ? 0 : 1

            MessageBody {
                author: entry.author
                detail: entry.detail
                kind: entry.kind
                text: entry.entryText
                time: entry.time
                width: body.width
            }
        }
    }
}
