extension ScreenEmulator {
    /// ESC [ … m: colours and attributes.
    mutating func setStyle(_ sequence: ControlSequence) {
        var parameters = (sequence.parameters.isEmpty ? [[0]] : sequence.parameters)[...]
        while let parameter = parameters.popFirst() {
            let code = parameter.first ?? 0
            if code == 38 || code == 48 {
                guard let color = Self.color(parameter, rest: &parameters) else {
                    unknownSequences.append(sequence.description)
                    return
                }
                if code == 38 { pen.style.foreground = color } else { pen.style.background = color }
            } else if !pen.style.apply(code, subparameter: parameter.dropFirst().first) {
                unknownSequences.append(sequence.description)
            }
        }
    }

    /// The colour of 38 or 48: `38;5;n`, `38;2;r;g;b`, `38:5:n`, `38:2:r:g:b` or `38:2::r:g:b`.
    private static func color(_ parameter: [Int], rest: inout ArraySlice<[Int]>) -> ScreenColor? {
        var numbers = parameter.dropFirst()
        if numbers.isEmpty {
            let count = rest.first == [5] ? 2 : 4
            numbers = rest.prefix(count).map { $0.first ?? 0 }[...]
            rest = rest.dropFirst(count)
        }
        switch (numbers.first, numbers.count) {
        case (5, 2): return .palette(numbers[numbers.endIndex - 1])
        case (2, 4), (2, 5):
            let channels = Array(numbers.suffix(3))
            return .rgb(channels[0], channels[1], channels[2])
        default: return nil
        }
    }
}

extension ScreenStyle {
    /// Applies one SGR code; false if it is unknown.
    fileprivate mutating func apply(_ code: Int, subparameter: Int?) -> Bool {
        switch code {
        case 0: self = ScreenStyle()
        case 1: bold = true
        case 2: dim = true
        case 3: italic = true
        case 4: underline = subparameter != 0
        case 5: blink = true
        case 7: reverse = true
        case 8: invisible = true
        case 21: underline = true
        case 22: (bold, dim) = (false, false)
        case 23: italic = false
        case 24: underline = false
        case 25: blink = false
        case 27: reverse = false
        case 28: invisible = false
        case 30...37: foreground = .palette(code - 30)
        case 39: foreground = .standard
        case 40...47: background = .palette(code - 40)
        case 49: background = .standard
        case 90...97: foreground = .palette(code - 90 + 8)
        case 100...107: background = .palette(code - 100 + 8)
        default: return false
        }
        return true
    }
}
