using System.Numerics;
using EdgeRuntime.Images;

namespace PartsGenerator;

/// <summary>Takes a picture of a scene: 2x2 samples per pixel, then blur, noise and rounding to bytes.</summary>
internal static class Camera
{
    internal static Picture Take(Scene scene, int size, Dice dice)
    {
        Vector3[] image = new Vector3[size * size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                Vector3 sum = Vector3.Zero;
                for (int sample = 0; sample < 4; sample++)
                {
                    Vector2 p = new(x + 0.25f + (0.5f * (sample & 1)), y + 0.25f + (0.5f * (sample >> 1)));
                    sum += scene.ColorAt((p / size) - new Vector2(0.5f));
                }

                image[(y * size) + x] = sum / 4;
            }
        }

        float blur = dice.Chance(0.5f) ? dice.Range(0, 0.014f) : 0;
        float streak = dice.Chance(0.3f) ? dice.Range(0, 0.018f) : 0;
        Blur(image, size, (blur + streak) * size, blur * size);
        return Develop(image, size, dice);
    }

    // Moving parts smear along the belt, so the two directions differ.
    private static void Blur(Vector3[] image, int size, float sigmaX, float sigmaY)
    {
        Pass(image, size, 1, size, sigmaX);
        Pass(image, size, size, 1, sigmaY);
    }

    private static void Pass(Vector3[] image, int size, int step, int lineStep, float sigma)
    {
        if (sigma < 0.2f)
        {
            return;
        }

        int reach = (int)MathF.Ceiling(sigma * 2.5f);
        float[] weights = new float[(2 * reach) + 1];
        for (int i = -reach; i <= reach; i++)
        {
            weights[i + reach] = MathF.Exp(-(i * i) / (2 * sigma * sigma));
        }

        float total = weights.Sum();
        Vector3[] line = new Vector3[size];
        for (int start = 0; start < size; start++)
        {
            for (int i = 0; i < size; i++)
            {
                Vector3 sum = Vector3.Zero;
                for (int k = -reach; k <= reach; k++)
                {
                    sum += image[(start * lineStep) + (Math.Clamp(i + k, 0, size - 1) * step)] * weights[k + reach];
                }

                line[i] = sum / total;
            }

            for (int i = 0; i < size; i++)
            {
                image[(start * lineStep) + (i * step)] = line[i];
            }
        }
    }

    private static Picture Develop(Vector3[] image, int size, Dice dice)
    {
        Picture picture = new(size, size);
        float noise = dice.Range(1, 8.5f);
        float gamma = dice.Range(0.75f, 1.05f);
        for (int i = 0; i < image.Length; i++)
        {
            // Most of the noise is common to the three colours, as in a camera that measures one per pixel.
            float common = dice.Normal() * noise;
            for (int c = 0; c < 3; c++)
            {
                float value = MathF.Pow(MathF.Max(image[i][c], 0), gamma) * 255;
                picture.Rgb[(i * 3) + c] = (byte)Math.Clamp(MathF.Round(value + common + (dice.Normal() * noise * 0.35f)), 0, 255);
            }
        }

        return picture;
    }
}
