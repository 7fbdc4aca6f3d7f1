// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import Loquat

/// A reply, block by block: what is finished is never laid out again while the rest streams in.
Column {
    id: view

    required property var blocks
    property bool streaming: false

    spacing: 9

    Repeater {
        id: repeater

        model: view.blocks

        // Repeaters of none or one, because Qt 6.4's Loader cannot create a bound component.
        Column {
            id: block

            required property bool blockIsCode
            required property string blockLanguage
            required property string blockText
            required property int index
            readonly property bool last: index === repeater.count - 1

            width: view.width

            Repeater {
                model: block.blockIsCode ? 0 : 1

                SelectableText {
                    text: Theme.richTextStyle + block.blockText
                    textFormat: TextEdit.RichText
                    width: block.width

                    StreamCursor {
                        readonly property rect end: parent.positionToRectangle(parent.length)

                        visible: view.streaming && block.last
                        x: end.x + 3
                        y: end.y + 1
                    }
                }
            }

            Repeater {
                model: block.blockIsCode ? 1 : 0

                CodeBlock {
                    language: block.blockLanguage
                    text: block.blockText
                    width: block.width
                }
            }
        }
    }

    StreamCursor { visible: view.streaming && repeater.count === 0 }
}
