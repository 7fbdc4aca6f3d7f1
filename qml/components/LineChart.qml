// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Loquat

/// A few numbers as a line, as tall as the largest of them; with `filled`, an area.
Canvas {
    id: chart

    property bool filled: false
    property color tone: Theme.ok
    property list<real> values

    onPaint: {
        const context = chart.getContext("2d");
        context.reset();
        const count = chart.values.length;
        if (count < 2)
            return;
        const top = Math.max(...chart.values, 1);
        const x = i => 1 + i * (chart.width - 2) / (count - 1);
        const y = i => chart.height - 2 - chart.values[i] / top * (chart.height - 4);
        context.beginPath();
        context.moveTo(x(0), y(0));
        for (let i = 1; i < count; ++i)
            context.lineTo(x(i), y(i));
        context.strokeStyle = chart.tone;
        context.lineWidth = 1.5;
        context.lineJoin = "round";
        context.stroke();
        if (!chart.filled)
            return;
        context.lineTo(x(count - 1), chart.height);
        context.lineTo(x(0), chart.height);
        context.closePath();
        context.fillStyle = Qt.rgba(chart.tone.r, chart.tone.g, chart.tone.b, 0.16);
        context.fill();
    }
    onToneChanged: requestPaint()
    onValuesChanged: requestPaint()
}
