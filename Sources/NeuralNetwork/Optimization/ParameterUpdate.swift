import CKernels
import Foundation

/// One step of an optimizer on parameters w with the gradient g, element by element, as `torch.optim` defines it with
/// its default constants:
///
///     L2         g ← g + λ w                                               for all but AdamW
///     sgd        w ← w − η g
///     momentum   v ← µ v + g                w ← w − η v                    µ = 0.9
///     nesterov   v ← µ v + g                w ← w − η (g + µ v)            (Nesterov, 1983)
///     adagrad    s ← s + g²                 w ← w − η g / (√s + ε)         ε = 10⁻¹⁰ (Duchi et al., 2011)
///     rmsprop    s ← α s + (1 − α) g²       w ← w − η g / (√s + ε)         α = 0.99, ε = 10⁻⁸ (Tieleman, Hinton, 2012)
///     adam       m ← β₁ m + (1 − β₁) g      s ← β₂ s + (1 − β₂) g²         β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸
///                w ← w − η m / (1 − β₁ᵗ) / (√(s / (1 − β₂ᵗ)) + ε)          (Kingma and Ba, 2014, arXiv:1412.6980)
///     adamw      w ← w − η λ w, then adam                                  (Loshchilov, Hutter, 2017, arXiv:1711.05101)
///
/// η is the learning rate, λ the weight decay, t the step counted from 1.
package struct ParameterUpdate: Sendable {
    /// Where the moments of some parameters are. v, s or m; then Adam's s.
    package struct Moments {
        package var first, second: UnsafeMutablePointer<Float>?

        package init(first: UnsafeMutablePointer<Float>? = nil, second: UnsafeMutablePointer<Float>? = nil) {
            self.first = first
            self.second = second
        }

        package static func + (moments: Moments, offset: Int) -> Moments {
            Moments(first: moments.first.map { $0 + offset }, second: moments.second.map { $0 + offset })
        }
    }

    private let learningRate, weightDecay: Float
    /// What the kernels that make gradient and update in one need; nil if they do not know this optimizer.
    package let fused: inkling_sgd?
    /// What divides by the root of squared gradients; nil for the others.
    private let adaptive: inkling_adaptive?

    /// - Parameter step: t
    package init(kind: Optimizer.Kind, learningRate: Float, weightDecay: Float, step: Int) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        fused =
            switch kind {
            case .sgd: inkling_sgd(learning_rate: learningRate, momentum: 0, weight_decay: weightDecay)
            case .momentum: inkling_sgd(learning_rate: learningRate, momentum: 0.9, weight_decay: weightDecay)
            default: nil
            }
        adaptive = Self.adaptive(kind, learningRate: learningRate, weightDecay: weightDecay, step: step)
    }

    /// Updates `count` parameters and their moments.
    package func apply(
        count: Int, gradient: UnsafePointer<Float>, moments: Moments, parameters: UnsafeMutablePointer<Float>
    ) {
        guard let first = moments.first else { return }
        if let fused {
            inkling_momentum_update(count, fused, gradient, first, parameters)
        } else if let adaptive {
            // The squares come second where there are means.
            inkling_adaptive_update(
                count, adaptive, gradient, moments.second == nil ? nil : first, moments.second ?? first, parameters)
        } else {
            for i in 0..<count {
                let g = gradient[i] + weightDecay * parameters[i]
                first[i] = 0.9 * first[i] + g
                parameters[i] -= learningRate * (g + 0.9 * first[i])
            }
        }
    }

    private static func adaptive(
        _ kind: Optimizer.Kind, learningRate: Float, weightDecay: Float, step: Int
    ) -> inkling_adaptive? {
        var adaptive = inkling_adaptive(
            learning_rate: learningRate, weight_decay: weightDecay, weight_kept: 1, mean_kept: 0, mean_taken: 1,
            square_kept: 1, square_taken: 1, root_scale: 1, epsilon: 1e-8)
        switch kind {
        case .sgd, .momentum, .nesterov: return nil
        case .adagrad: adaptive.epsilon = 1e-10
        case .rmsprop: (adaptive.square_kept, adaptive.square_taken) = (0.99, 0.01)
        case .adam, .adamw:
            (adaptive.mean_kept, adaptive.mean_taken) = (0.9, 0.1)
            (adaptive.square_kept, adaptive.square_taken) = (0.999, 0.001)
            // 1 − βᵗ in double, as it begins with the difference of nearly equal numbers.
            adaptive.learning_rate = Float(Double(learningRate) / (1 - pow(0.9, Double(step))))
            adaptive.root_scale = Float(1 / (1 - pow(0.999, Double(step))).squareRoot())
            guard kind == .adamw else { break }
            adaptive.weight_decay = 0
            adaptive.weight_kept = 1 - learningRate * weightDecay
        }
        return adaptive
    }
}
